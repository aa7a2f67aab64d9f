"""How fast it is, and how far that is from what the database alone can do."""
