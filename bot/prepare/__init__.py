"""Preparing a night: what several sources say before it, made into a folder of tables."""
