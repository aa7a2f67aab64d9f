"""Conflicts of deployments: found, told as may be known, settled."""
