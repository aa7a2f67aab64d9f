"""What a phone needs for its shift, and what changed since."""
