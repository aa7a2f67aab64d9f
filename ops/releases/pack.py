"""What a release says, in words: the same for its page, its Markdown and its PDF."""

import decimal
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import flask

from ops import pdf, wording
from ops.results.grouping import groupings

# What is left out of a breakdown because it is too small, or has no denominator.
NOT_SHOWN = "not shown"
PROVENANCE = (
    "Figures are as recorded by the police and their partners at the time given, and can change"
    " as records are confirmed or corrected."
)
_WARNINGS = {
    "draft": "DRAFT: nobody has approved this yet. Do not publish it.",
    "approved": "Approved, and not published yet.",
}
_NAMES: Mapping[str, Callable[[str], str]] = {"day": wording.short_day, "month": wording.month}

Words = dict[str, Any]


def pack(release: Mapping[str, Any], frozen: Mapping[str, Any], digest: str) -> Words:
    """Put a release in words; `digest` tells the snapshot that it is of."""
    measures = {each["code"]: each for each in frozen["measures"]}
    waiting = {each["code"] for each in frozen["definitions"] if _waits(each["definition"])}
    led = [measures[each["measure"]] for each in release["headlines"]]
    told = list(dict.fromkeys(each["code"] for each in led))
    rounded = {each["measure"] for each in release["headlines"] if each["rounded"]}
    published = _by_place(release["figures"])
    revised = {each["measure"] for each in release["figures"] if each["supersedes"]}
    return {
        "title": release["title"],
        "marking": release["marking"],
        "warning": _WARNINGS.get(release["state"], ""),
        "about": list(_about(release, frozen)),
        "introduction": _paragraphs(release["introduction"]),
        "notes": _paragraphs(release["notes"]),
        "headlines": [
            _headline(each, measures[each["measure"]], frozen, published.get(place, ()))
            for place, each in enumerate(release["headlines"])
        ],
        "tables": [
            _table(measures[code], frozen["by"], waits=code in waiting, is_revised=code in revised)
            for code in told
            # The parts of a rounded figure would say what it was rounded from.
            if frozen["by"] and code not in rounded
        ],
        "overlap": "Parts can overlap, so they do not always add up to the whole.",
        "revisions": list(_revisions(release["figures"])),
        "definitions": [
            {"label": each["label"], "says": each["says"]}
            for each in frozen["definitions"]
            if each["code"] in told
        ],
        "provenance": [
            PROVENANCE,
            f"Made from the frozen summary {frozen['id']}, whose SHA-256 is {digest}.",
        ],
    }


def as_pdf(words: Words) -> bytes:
    """Lay a pack out on pages, each with its marking."""
    return pdf.render(flask.render_template("releases/pack.html", pack=words))


def said(headline: Mapping[str, Any], figure: Mapping[str, Any], unit: str) -> str:
    """Say a headline's figure, rounded where it is, and how sure it is."""
    if headline["rounded"] is not None:
        return wording.quantity(headline["rounded"], unit, headline["said_as"])
    return _value(figure, unit)


def share(figure: Mapping[str, Any]) -> str:
    """Say what a share is of: it is never shown without its numerator and denominator."""
    of, to = figure.get("numerator"), figure.get("denominator")
    if not (of and to) or of.get("value") is None or to.get("value") is None:
        return ""
    return f" ({wording.number(of['value'])} of {wording.number(to['value'])})"


def part_of(measure: Mapping[str, Any], key: str | None) -> Mapping[str, Any] | None:
    """Find what a headline is about: a measure, or one group of its breakdown."""
    if key is None:
        return measure
    groups = measure.get("groups") or []
    return next((each for each in groups if each["key"] == key), None)


def group_name(group: Mapping[str, Any], by: str | None) -> str:
    """Name a group of a breakdown; a name that an erasure may take is looked up elsewhere."""
    write = _NAMES.get(by or "")
    if write and group["key"]:
        return write(group["key"])
    return str(group["label"] or group["key"] or "Not recorded")


def _about(release: Mapping[str, Any], frozen: Mapping[str, Any]) -> Iterator[str]:
    yield release["publisher"]
    if frozen["from"] and frozen["to"]:
        yield f"Period: {wording.day(frozen['from'])} to {wording.day(frozen['to'])}"
    elif frozen["from"]:
        yield f"Period: from {wording.day(frozen['from'])}"
    elif frozen["to"]:
        yield f"Period: up to {wording.day(frozen['to'])}"
    else:
        yield "Period: all that is recorded"
    yield f"As known on {wording.moment(frozen['as_at'])}"
    if release["published_at"]:
        yield f"Published on {wording.day(release['published_at'])}"


def _headline(
    headline: Mapping[str, Any],
    measure: Mapping[str, Any],
    frozen: Mapping[str, Any],
    published: Sequence[Mapping[str, Any]],
) -> Words:
    figure = part_of(measure, headline["part"]) or measure
    unit = measure["unit"]
    label = measure["label"]
    if figure is not measure:
        label = f"{label}: {group_name(figure, frozen['by'])}"
    if len(published) > 1:
        # What was frozen beside it says nothing of the figure that took its place.
        was, now = (_told(published[place]) for place in (-2, -1))
        return {"label": label, "text": now, "was": was, "provisional": "", "confirmed": ""}
    return {
        "label": label,
        "text": f"{said(headline, figure, unit)}{share(figure)}",
        "was": "",
        "confirmed": _how_confirmed(headline, figure, frozen),
        "provisional": _provisional(figure, unit),
    }


def _waits(definition: Mapping[str, Any]) -> bool:
    """Tell whether a measure counts nothing that is not confirmed."""
    return definition.get("counts_when") == "confirmed"


def _how_confirmed(
    headline: Mapping[str, Any], figure: Mapping[str, Any], frozen: Mapping[str, Any]
) -> str:
    """Say how much of a headline nobody has confirmed yet, as far as that may be told."""
    [defined] = [each for each in frozen["definitions"] if each["code"] == headline["measure"]]
    if _waits(defined["definition"]):
        return "Counted once confirmed."
    over = (figure.get("numerator"), figure.get("denominator"))
    places = {place for each in (figure, *over) if each for place in each.get("records") or ()}
    open_ones = sum(not frozen["records"][place][4] for place in places)
    if not open_ones:
        return "Counted when recorded; all of it is confirmed." if places else ""
    if headline["rounded"] is not None or headline["part"] is not None:
        # The number of records would say what a figure was rounded from, or tell of few people.
        return "Counted when recorded; some of it is not confirmed yet."
    number = f"{wording.number(open_ones)} of {wording.number(len(places))} records"
    return f"Counted when recorded; {number} behind it not confirmed yet."


def _value(figure: Mapping[str, Any], unit: str) -> str:
    if figure["value"] is None:
        return NOT_SHOWN
    return wording.quantity(figure["value"], unit, figure.get("qualifier"))


def _provisional(figure: Mapping[str, Any], unit: str) -> str:
    waits = figure.get("provisional")
    if waits is None or not decimal.Decimal(waits):
        return ""
    return f"Provisional, and not counted above: {wording.quantity(waits, unit)} to be confirmed."


def _table(measure: Mapping[str, Any], by: str, *, waits: bool, is_revised: bool) -> Words:
    unit = measure["unit"]
    return {
        "label": measure["label"],
        "when": ", as first published" if is_revised else "",
        "columns": ["Confirmed", "Provisional"] if waits else ["Recorded"],
        "by": groupings().get(by, wording.words(by)).lower(),
        "rows": [
            {
                "label": group_name(each, by),
                "text": _value(each, unit) + share(each),
                "provisional": (
                    wording.quantity(each["provisional"], unit)
                    if each.get("provisional") is not None
                    else NOT_SHOWN
                ),
            }
            for each in measure.get("groups") or []
        ],
    }


def _by_place(figures: Sequence[Mapping[str, Any]]) -> dict[int, list[Mapping[str, Any]]]:
    """Give the published figures by the place of their headline, each with its revisions."""
    found: dict[int, list[Mapping[str, Any]]] = {}
    for each in figures:
        found.setdefault(each["position"], []).append(each)
    return found


def _revisions(figures: Sequence[Mapping[str, Any]]) -> Iterator[Words]:
    before = {each["id"]: each for each in figures}
    for each in figures:
        if each["supersedes"]:
            yield {
                "on": wording.day(each["created_at"]),
                "label": each["label"],
                "was": _told(before[each["supersedes"]]),
                "text": _told(each),
                "note": each["note"] or "",
            }


def _told(figure: Mapping[str, Any]) -> str:
    return wording.quantity(figure["value"], figure["unit"], figure["qualifier"])


def _paragraphs(text: str | None) -> list[str]:
    return [each.strip() for each in (text or "").split("\n\n") if each.strip()]
