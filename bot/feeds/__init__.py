"""Wire formats to reports, and the pollers that fetch them.

Each format has one module that knows nothing but the format; `reading.read` picks among them.
"""
