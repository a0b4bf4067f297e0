"""The demo: a recorded night replayed on a Discord of its own, with a page to watch it."""
