"""PA's local elections wire: its documents, as XML and as JSON."""
