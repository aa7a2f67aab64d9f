"""Backups of all that is kept, to restore it as it was at any moment, and how they stand.

pgBackRest looks after the database (`ops.cluster.archive`); what lies beside it is sealed here.
"""

from ops.backup.state import State, state

__all__ = ["State", "state"]
