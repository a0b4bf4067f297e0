"""Phrases and sentences: numbers, parties, results and sources in the language of a newsroom."""
