"""The days of versions: each ends where the next begins, and no two hold on one day."""

import dataclasses
import datetime as dt
import uuid

import pytest

from ops.errors import Invalid
from ops.results import versions

TODAY = dt.date(2026, 11, 21)
A_DAY = dt.timedelta(days=1)


@dataclasses.dataclass
class Version:
    version: int = 1
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    is_built_in: bool = False
    id: uuid.UUID = dataclasses.field(default_factory=uuid.uuid4)


def test_the_first_holds_from_its_day():
    assert versions.place([], TODAY, None) == versions.Place(TODAY, None)


def test_a_new_version_ends_the_one_in_force_on_the_day_before():
    standing = Version()

    place = versions.place([standing], TODAY, None)

    assert (place.follows, place.ends_on) == (standing, TODAY - A_DAY)


def test_one_that_is_replaced_on_its_first_day_held_on_none():
    standing = Version(valid_from=TODAY)
    standing.valid_to = versions.place([standing], TODAY, None).ends_on

    assert versions.in_force([standing], TODAY) is None
    assert versions.place([standing], TODAY, None).follows is None


@pytest.mark.parametrize("valid_to", [None, TODAY + 9 * A_DAY, TODAY + 30 * A_DAY])
def test_refuses_days_that_another_version_has(valid_to):
    later = Version(2, valid_from=TODAY + 9 * A_DAY)

    with pytest.raises(Invalid, match="Overlapping definition dates: version 2 holds from 30 Nov"):
        versions.place([later], TODAY, valid_to)


def test_ends_before_a_version_that_comes_later():
    known = [Version(valid_to=TODAY + 8 * A_DAY), Version(2, valid_from=TODAY + 9 * A_DAY)]

    place = versions.place(known, TODAY, TODAY + 8 * A_DAY)

    assert place.follows is known[0]


def test_a_release_follows_the_programs_own_version():
    standing = Version(is_built_in=True, valid_to=TODAY + A_DAY)

    assert versions.place_of_release([standing], TODAY) == versions.Place(
        TODAY, TODAY + A_DAY, standing
    )


@pytest.mark.parametrize(
    "known",
    [
        [Version(valid_to=TODAY - A_DAY, is_built_in=True), Version(2, valid_from=TODAY)],
        [Version(valid_to=TODAY - A_DAY, is_built_in=True)],
    ],
)
def test_a_release_takes_nothing_from_what_was_decided_here(known):
    place = versions.place_of_release(known, TODAY)

    assert place.follows is None
    assert place.valid_to < place.valid_from
