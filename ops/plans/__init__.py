"""What each kind of operation asks for, who does what by when, and what was decided."""
