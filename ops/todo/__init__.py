"""What waits for somebody, over all parts of the house."""
