"""The kinds of result, one file each; whatever lies in this folder is a kind."""

import importlib
import pkgutil

from ops.results.kinds.base import Kind

KINDS: dict[str, Kind] = {
    kind.name: kind
    for module in pkgutil.iter_modules(__path__)
    if module.name != "base"
    for kind in importlib.import_module(f"{__name__}.{module.name}").KINDS
}
