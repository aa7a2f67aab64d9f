"""The kinds of result, one file each; whatever in this folder names `KINDS` brings them."""

import importlib
import pkgutil

from ops.results.kinds.base import Kind

KINDS: dict[str, Kind] = {
    kind.name: kind
    for module in pkgutil.iter_modules(__path__)
    for kind in getattr(importlib.import_module(f"{__name__}.{module.name}"), "KINDS", ())
}
