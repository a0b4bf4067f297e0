"""The scripts that make every table of `data/` from the sources."""
