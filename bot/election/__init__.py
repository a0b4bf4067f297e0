"""The rules: seats and control, checks on reports, decisions and claims.

It is pure: nothing here reads a clock, a file, a database or the network.
"""
