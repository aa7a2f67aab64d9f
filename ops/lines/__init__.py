"""Deal lines over the years: what became of each, and when to look again."""
