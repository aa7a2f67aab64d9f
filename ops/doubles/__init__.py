"""Records that may be one thing logged twice: reviewed by people, merged with history."""
