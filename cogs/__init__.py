"""Slash commands and buttons, one module a subject."""
