"""Makes and ends versions of measures: each is checked against all others in force."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from ops import db, wording
from ops.errors import Invalid, Missing, Refused, Stale
from ops.outcomes import measure_queries, measure_rules
from ops.results import measures, versions
from ops.results.models import Measure


@dataclasses.dataclass(frozen=True)
class InForce:
    """The measures that hold today, by their code."""

    definitions: Mapping[str, Mapping[str, Any]]
    labels: Mapping[str, str]
    units: Mapping[str, str]


def in_force() -> InForce:
    """Read the measures that hold today."""
    rows = db.session.scalars(measures.current()).all()
    return InForce(
        {row.code: row.definition for row in rows},
        {row.code: row.label for row in rows},
        {row.code: row.unit for row in rows},
    )


def checked(sent: Mapping[str, Any], code: str, others: InForce) -> dict[str, Any]:
    """Give a definition as it is kept; refuse what is wrong with it, each by its field."""
    definition = measure_rules.stored(sent)
    found = measure_rules.ways_of(sent) or measure_rules.problems(
        definition, code, others.definitions
    )
    if found:
        errors = {f"definition.{field}": [sentence] for field, sentence in found.items()}
        raise Invalid("This definition can't be worked out.", errors)
    return definition


def make(sent: Mapping[str, Any], made_by: uuid.UUID) -> Measure:
    """Make a measure, or a new version of one that is there."""
    code = sent.get("code") or measure_rules.code_of(sent["label"])
    if not code[:1].isalpha():
        _refuse("label", "Begin the label with a letter.")
    known = _locked(code)
    if known:
        _check_new_version(sent, known)
    others = in_force()
    definition = checked(sent["definition"], code, others)
    for whole in measure_rules.resting_on(code, others.definitions):
        resting = others.definitions[whole]
        if code in resting.get("parts", ()) and not measure_rules.narrows(definition, resting):
            _refuse("definition", f"It is a part of “{others.labels[whole]}”; keep it narrower.")
    made = Measure(
        code=code,
        label=sent["label"],
        four_p=sent["four_p"],
        unit=_unit(sent, definition, others),
        definition=definition,
        notes=sent.get("notes"),
        reason=sent.get("reason"),
        made_by=made_by,
    )
    return _put(made, known, sent.get("valid_from") or wording.today(), sent.get("valid_to"))


def withdraw(code: str, reason: str, valid_to: dt.date | None) -> Measure:
    """End a measure; refused while others are worked out from it."""
    standing = versions.in_force(_known(code), wording.today())
    if not isinstance(standing, Measure):
        raise Refused("This measure was withdrawn already.")
    others = in_force()
    if resting := measure_rules.resting_on(code, others.definitions):
        named = ", ".join(f"“{others.labels[each]}”" for each in resting)
        raise Refused(f"Other measures are worked out from this one: {named}. Change those first.")
    last = valid_to or wording.today() - dt.timedelta(days=1)
    if standing.valid_from and last < standing.valid_from - dt.timedelta(days=1):
        _refuse("valid_to", "The last day can't be before the first.")
    db.give_reason(reason)
    standing.valid_to = last
    standing.withdrawn_because = reason
    return standing


def restore(code: str, reason: str, made_by: uuid.UUID) -> Measure:
    """Make the definition that the program brings count again."""
    known = _known(code)
    said = next(
        (measures.said_of(kind, each) for kind, each in measures.built_ins() if each.code == code),
        None,
    )
    if said is None:
        raise Refused("This measure is not built in, so there is nothing to restore.")
    standing = versions.in_force(known, wording.today())
    if standing is not None and _says(standing, said):
        raise Refused("The built-in definition counts already.")
    made = Measure(code=code, reason=reason, made_by=made_by, is_built_in=True, **said)
    return _put(made, known, wording.today(), None)


def _put(made: Measure, known: list[Measure], first: dt.date, last: dt.date | None) -> Measure:
    """Add a version after the one in force, which ends the day before."""
    place = versions.place(known, first, last)
    made.version = 1 + max((each.version for each in known), default=0)
    made.valid_from, made.valid_to = place.valid_from, place.valid_to
    if made.reason:
        db.give_reason(made.reason)
    if isinstance(place.follows, Measure):
        place.follows.valid_to = place.ends_on
        # Before the new one: the database looks at each row as it comes.
        db.session.flush()
    db.session.add(made)
    db.session.flush()
    db.session.refresh(made)
    return made


def _check_new_version(sent: Mapping[str, Any], known: list[Measure]) -> None:
    if "code" not in sent:
        sentence = "There is a measure of this name. Give its code to change it, or another label."
        _refuse("label", sentence)
    if sent.get("replaces", known[0].version) != known[0].version:
        raise Stale("Somebody else changed this measure first; read it again.")
    if not sent.get("reason"):
        _refuse("reason", "Say why the definition changes.")


def _unit(sent: Mapping[str, Any], definition: Mapping[str, Any], others: InForce) -> str:
    follows = measure_rules.unit_of(definition, others.units)
    given: str | None = sent.get("unit")
    if measure_rules.unit_summed(definition) not in {None, given or follows}:
        _refuse("unit", f"What is added up is in {follows}; leave the unit out.")
    if not given and follows is None:
        _refuse("unit", "Say which unit it is in: it doesn't follow from the two measures.")
    return given or follows or ""


def _says(version: versions.Version, said: Mapping[str, Any]) -> bool:
    return all(getattr(version, name) == value for name, value in said.items())


def _locked(code: str) -> list[Measure]:
    """Fetch the versions of a measure to change them, one person at a time."""
    return list(db.session.scalars(measure_queries.versions_of(code).with_for_update()))


def _known(code: str) -> list[Measure]:
    found = _locked(code)
    if not found:
        raise Missing("There is no such measure.")
    return found


def _refuse(field: str, sentence: str) -> None:
    raise Invalid(sentence, {field: [sentence]})
