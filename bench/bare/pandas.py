"""Stands before pandas, which tests bring and an installation does not have."""

raise ImportError("As in an installation, it is not here.")
