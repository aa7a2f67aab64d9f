"""The words of the kinds of result, one file each, named as its file in `ops/results/kinds`."""

import importlib
import pkgutil

from ops.results.words.base import Questions

QUESTIONS: dict[str, Questions] = {
    kind: questions
    for module in pkgutil.iter_modules(__path__)
    if module.name != "base"
    for kind, questions in importlib.import_module(f"{__name__}.{module.name}").QUESTIONS.items()
}
