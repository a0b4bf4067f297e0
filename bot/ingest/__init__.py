"""The one way in: what the feeds bring is judged, committed and claimed here."""
