"""Records as files to take away, the returns that outside bodies ask for, and SQL for analysts."""
