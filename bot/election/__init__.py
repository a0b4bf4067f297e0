"""The domain: what a council's seats mean, what may be believed and what is claimed.

Pure: nothing here reads a clock, a file, a database or the network.
"""
