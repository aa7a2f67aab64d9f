"""A live operation, as it happens."""
