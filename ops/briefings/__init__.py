"""Briefings: what is said to those deployed, by version, and who has read it."""
