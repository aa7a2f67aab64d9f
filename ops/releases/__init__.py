"""What is frozen and published: snapshots of outcomes, what has changed since, and releases."""
