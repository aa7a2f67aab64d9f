"""What happened: one file a kind of result."""
