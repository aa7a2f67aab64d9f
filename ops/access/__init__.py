"""Who is asking: organisations, people, sign-in, tokens and roles."""
