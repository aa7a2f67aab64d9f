"""The addresses that a kept view may have: those of boards here, and nothing else anywhere."""

import re

_PATHS = re.compile(r"/operations/[0-9a-f-]{36}/outcomes/board|/targets/board|/boards/map")


def is_of_board(address: str) -> bool:
    """Tell whether an address is that of a board here, and of nothing else anywhere."""
    path, _, query = address.partition("?")
    return _PATHS.fullmatch(path) is not None and "#" not in query
