"""The SQLite file: the journal that only grows, and the tables that follow from it."""
