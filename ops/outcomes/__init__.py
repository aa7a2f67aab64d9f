"""What it adds up to: figures, targets and what others reported."""
