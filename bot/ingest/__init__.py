"""Ingest: what the feeds bring is stored, decided on and claimed here."""
