"""Pictures of the night: composed as SVG, rendered to PNG off the event loop.

Every picture has the same content as text in `alt`. Nothing is shown by colour alone.
"""
