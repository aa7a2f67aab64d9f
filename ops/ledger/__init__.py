"""What was changed, and by whom."""
