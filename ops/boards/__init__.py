"""Boards: what an operation or a programme has reached, in figures that open their records."""
