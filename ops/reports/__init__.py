"""What is written for the panel: a period of several operations, in figures, notes and pictures."""
