"""The days on which each version of a definition holds: never two of one code on the same."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Protocol

from ops.errors import Invalid
from ops.wording import short_day

_A_DAY = dt.timedelta(days=1)


class Version(Protocol):
    """What is looked at of a version, whatever it defines."""

    id: uuid.UUID
    version: int
    valid_from: dt.date | None
    valid_to: dt.date | None
    is_built_in: bool


@dataclasses.dataclass(frozen=True)
class Place:
    """The days of a new version, and the version that ends on the day before, if one does."""

    valid_from: dt.date | None
    valid_to: dt.date | None
    follows: Version | None = None

    @property
    def ends_on(self) -> dt.date | None:
        """Give the last day of the version before."""
        return self.valid_from and self.valid_from - _A_DAY


def in_force(known: Sequence[Version], on: dt.date) -> Version | None:
    """Give the version that holds on a day."""
    return next((each for each in known if _first(each) <= on <= _last(each)), None)


def place(known: Sequence[Version], valid_from: dt.date, valid_to: dt.date | None) -> Place:
    """Put a version that somebody makes after the one in force; refuse it among later ones."""
    last = valid_to or dt.date.max
    meeting = [each for each in known if _first(each) <= last and valid_from <= _last(each)]
    for each in meeting:
        if _first(each) > valid_from:
            sentence = (
                f"Overlapping definition dates: version {each.version} holds from"
                f" {short_day(_first(each))}. End this one before, or begin it later."
            )
            raise Invalid(sentence, {"valid_from": [sentence]})
    return Place(valid_from, valid_to, next(iter(meeting), None))


def place_of_release(known: Sequence[Version], on: dt.date) -> Place:
    """Put a version that the program brings: it follows the program's own and nobody else's.

    Where somebody made the one in force, or withdrew it, it holds on no day.
    """
    if not known:
        return Place(None, None)
    standing = in_force(known, on)
    if standing is None or not standing.is_built_in:
        return Place(on, on - _A_DAY)
    return Place(on, standing.valid_to, standing)


def _first(version: Version) -> dt.date:
    return version.valid_from or dt.date.min


def _last(version: Version) -> dt.date:
    return version.valid_to or dt.date.max
