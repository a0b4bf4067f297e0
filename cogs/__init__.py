"""Slash commands with their buttons and forms, a module or package a feature."""
