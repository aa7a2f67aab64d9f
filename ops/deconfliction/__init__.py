"""Two deployments at one place at one time: found in all operations, told as may be known."""
