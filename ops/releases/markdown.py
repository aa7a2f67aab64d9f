"""A release as Markdown. What people typed is text in it, and never a mark."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

# What begins a mark anywhere in a line, in CommonMark and in its usual extensions.
_MARKS = re.compile(r"([\\`*_{}\[\]<>#+|~&!@$^]|:(?=//))")
# What begins one only at the start of a line: a list, a rule.
_STARTS = re.compile(r"^(\d{1,9})([.)])|^([-=:])")
_BARE_LINK = re.compile(r"\b(www)\.", re.IGNORECASE)
_BLANKS = re.compile(r"\s+")


def escape(text: str) -> str:
    """Write text on one line, so that it reads as it was typed."""
    line = _MARKS.sub(r"\\\1", _BLANKS.sub(" ", text).strip())
    line = _BARE_LINK.sub(r"\1\\.", line)
    return _STARTS.sub(lambda m: f"{m[1]}\\{m[2]}" if m[1] else f"\\{m[3]}", line)


def write(pack: Mapping[str, Any]) -> str:
    """Write a pack, the marking at its top and its end."""
    return "\n\n".join(_blocks(pack)) + "\n"


def _blocks(pack: Mapping[str, Any]) -> Iterator[str]:
    yield f"**{escape(pack['marking'])}**"
    yield f"# {escape(pack['title'])}"
    if pack["warning"]:
        yield f"**{escape(pack['warning'])}**"
    yield "  \n".join(escape(line) for line in pack["about"])
    for paragraph in pack["introduction"]:
        yield escape(paragraph)
    yield "## Headline figures"
    yield "\n".join(f"- {_headline(each)}" for each in pack["headlines"])
    for table in pack["tables"]:
        yield f"### {escape(table['label'])} by {escape(table['by'])}{escape(table['when'])}"
        yield "\n".join(_table(table))
    if pack["tables"]:
        yield escape(pack["overlap"])
    if pack["revisions"]:
        yield "## Revisions"
        yield "\n".join(f"- {_revision(each)}" for each in pack["revisions"])
    if pack["notes"]:
        yield "## Notes"
    for paragraph in pack["notes"]:
        yield escape(paragraph)
    yield "## What the figures count"
    yield "\n".join(
        f"- **{escape(each['label'])}**: {escape(each['says'])}" for each in pack["definitions"]
    )
    for paragraph in pack["provenance"]:
        yield escape(paragraph)
    yield f"**{escape(pack['marking'])}**"


def _headline(each: Mapping[str, Any]) -> str:
    said = f"**{escape(each['label'])}**: {escape(each['text'])}"
    if each["was"]:
        said = f"**{escape(each['label'])}**: ~~{escape(each['was'])}~~ {escape(each['text'])}"
    apart = [f"  \n  {escape(each[name])}" for name in ("confirmed", "provisional") if each[name]]
    return said + "".join(apart)


def _table(table: Mapping[str, Any]) -> Iterator[str]:
    columns = table["columns"]
    yield f"| {escape(table['by'].capitalize())} | {' | '.join(columns)} |"
    yield f"|---|{'---:|' * len(columns)}"
    for row in table["rows"]:
        names = ("label", "text", "provisional")[: 1 + len(columns)]
        cells = (escape(row[name]) for name in names)
        yield f"| {' | '.join(cells)} |"


def _revision(each: Mapping[str, Any]) -> str:
    return (
        f"{escape(each['on'])}, {escape(each['label'])}: ~~{escape(each['was'])}~~"
        f" {escape(each['text'])}. {escape(each['note'])}"
    )
