"""The demonstration's own ids: made from names, so that loading twice makes nothing twice."""

import uuid

_NAMESPACE = uuid.UUID("0d3f0c1e-6f0a-5a3b-9c52-5d9a4a3f7b10")


def id_of(*names: object) -> uuid.UUID:
    """Give the id of the demonstration's thing with these names."""
    return uuid.uuid5(_NAMESPACE, "/".join(map(str, names)))
