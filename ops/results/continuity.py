"""Whether an exhibit's custody is unbroken: every holder and every seal accounted for.

What is missing is said, each gap in a sentence; nothing is refused for it, and nothing hidden.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterator, Sequence

from ops import wording

STEPS = {
    "seized": "Seized",
    "sealed": "Sealed",
    "transferred": "Handed over",
    "stored": "Put into store",
    "lab_out": "Sent to a laboratory",
    "lab_in": "Back from a laboratory",
    "unsealed": "Seal broken",
    "resealed": "Sealed again",
    "returned": "Returned to its owner",
    "forfeited": "Forfeited",
    "destroyed": "Destroyed",
}
# It goes from one holder to another.
MOVES = frozenset({"transferred", "stored", "lab_out", "lab_in"})
SEALS = frozenset({"sealed", "resealed"})
ENDS = frozenset({"returned", "forfeited", "destroyed"})


@dataclasses.dataclass(frozen=True)
class Step:
    """One thing that was done with an exhibit."""

    step: str
    at: dt.datetime
    from_holder: str | None = None
    to_holder: str | None = None
    seal: str | None = None

    @property
    def label(self) -> str:
        """Say what it was, and when."""
        return f"{STEPS[self.step]}, {wording.short_moment(self.at)}"


@dataclasses.dataclass(frozen=True)
class Custody:
    """Who has an exhibit now, under which seal, and what is not accounted for."""

    holder: str | None
    seal: str | None
    ended: str | None
    gaps: Sequence[str]


@dataclasses.dataclass
class _State:
    holder: str | None = None
    seal: str | None = None
    is_open: bool = False
    is_at_lab: bool = False
    ended: Step | None = None


def follow(steps: Sequence[Step], seized_at: dt.datetime) -> Custody:
    """Follow an exhibit from step to step; those at one moment stand in the order they came."""
    ordered = sorted(steps, key=lambda each: each.at)
    if not ordered:
        said = "Nothing is written of who had it. Begin with who seized it."
        return Custody(None, None, None, (said,))
    gaps, state = [], _State()
    if ordered[0].step != "seized":
        gaps.append(f"Nothing is written of who seized it: the first step is “{ordered[0].label}”.")
    for number, step in enumerate(ordered):
        gaps += _faults(state, step, seized_at, is_first=number == 0)
        _advance(state, step)
    ended = state.ended.step if state.ended else None
    return Custody(None if ended else state.holder, state.seal, ended, tuple(gaps))


def _faults(state: _State, step: Step, seized_at: dt.datetime, *, is_first: bool) -> Iterator[str]:
    if step.at < seized_at:
        yield f"“{step.label}” is before it was seized, {wording.short_moment(seized_at)}."
    if state.ended:
        yield f"“{step.label}” comes after its end: “{state.ended.label}”."
    if step.step == "seized" and not is_first:
        yield f"“{step.label}”: it was seized already, so two people had it first."
    yield from _of_holders(state, step, is_first=is_first)
    yield from _of_laboratory(state, step)
    yield from _of_seals(state, step)


def _of_holders(state: _State, step: Step, *, is_first: bool) -> Iterator[str]:
    if step.step in MOVES and step.to_holder is None:
        yield f"“{step.label}” does not say who had it from then on."
    if is_first or step.step == "seized":
        return
    if step.from_holder is None:
        if step.step in MOVES:
            yield f"“{step.label}” does not say who gave it."
    elif state.holder is None:
        yield f"“{step.label}”: {step.from_holder} had it, and nobody wrote from whom."
    elif _same(step.from_holder) != _same(state.holder):
        yield (
            f"“{step.label}”: {step.from_holder} gave it, but {state.holder} had it last. Somebody"
            " has to say how it came from the one to the other."
        )


def _of_laboratory(state: _State, step: Step) -> Iterator[str]:
    if step.step == "lab_in" and not state.is_at_lab:
        yield f"“{step.label}”, but nobody wrote when it went there."
    if step.step == "lab_out" and state.is_at_lab:
        yield f"“{step.label}”, but it was at a laboratory already."


def _of_seals(state: _State, step: Step) -> Iterator[str]:
    match step.step:
        case "sealed" if state.seal is not None and not state.is_open:
            yield f"“{step.label}”, but the seal {state.seal} was on it and nobody broke it."
        case "sealed" | "resealed" if step.seal is None:
            yield f"“{step.label}” has no seal number."
        case "resealed" if not state.is_open:
            yield f"“{step.label}”, but nobody wrote when the seal before was broken."
        case "unsealed" if state.seal is None or state.is_open:
            yield f"“{step.label}”, but there was no seal on it."
        case "seized" | "sealed" | "resealed" | "unsealed":
            pass
        case _ if state.is_open and step.step not in ENDS:
            yield f"“{step.label}” with its seal broken: nobody sealed it again before."
    is_other = step.seal is not None and state.seal is not None and not state.is_open
    if is_other and step.step not in SEALS and _same(step.seal) != _same(state.seal):
        yield f"“{step.label}”: it has the seal {step.seal}, but had {state.seal} before."


def _advance(state: _State, step: Step) -> None:
    if step.to_holder is not None:
        state.holder = step.to_holder
    elif step.step in MOVES:
        state.holder = None
    if step.step == "unsealed":
        state.is_open = True
    elif step.step in SEALS or (step.seal is not None and not state.is_open):
        state.seal, state.is_open = step.seal, False
    if step.step in {"lab_out", "lab_in"}:
        state.is_at_lab = step.step == "lab_out"
    if step.step in ENDS:
        state.ended = state.ended or step


def _same(text: str | None) -> str:
    return "".join((text or "").casefold().split())
