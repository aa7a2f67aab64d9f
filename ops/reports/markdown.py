"""A report as Markdown. What people typed is text in it, and never a mark."""

from collections.abc import Iterator, Mapping
from typing import Any

from ops.releases.markdown import escape


def write(told: Mapping[str, Any]) -> str:
    """Write a report, the marking at its top and its end."""
    return "\n\n".join(_parts(told)) + "\n"


def _parts(told: Mapping[str, Any]) -> Iterator[str]:
    yield f"**{escape(told['marking'])}**"
    yield f"# {escape(told['title'])}"
    if told["warning"]:
        yield f"**{escape(told['warning'])}**"
    yield "  \n".join(escape(line) for line in told["about"])
    for block in told["blocks"]:
        yield from _block(block)
    yield f"**{escape(told['marking'])}**"


def _block(block: Mapping[str, Any]) -> Iterator[str]:
    match block["is"]:
        case "heading":
            yield f"{'#' * block['level']} {escape(block['text'])}"
        case "text":
            yield from (escape(each) for each in block["paragraphs"])
        case "list":
            yield "\n".join(f"- {_item(each)}" for each in block["items"])
        case "table":
            yield f"**{escape(block['caption'])}**"
            yield "\n".join(_table(block))
        case "picture":
            # Markdown is one file of text, so that a picture is what it says to whoever can't see.
            yield f"*{escape(block['picture']['caption'])}.* {escape(block['picture']['alt'])}"


def _item(each: Mapping[str, str]) -> str:
    term = f"**{escape(each['term'])}**: " if each["term"] else ""
    return term + escape(each["text"])


def _table(block: Mapping[str, Any]) -> Iterator[str]:
    yield f"| {' | '.join(escape(name) for name in block['columns'])} |"
    words = len(block["columns"]) - block["numeric"] - 1
    yield f"|---|{'---:|' * block['numeric']}{'---|' * words}"
    for row in block["rows"]:
        yield f"| {' | '.join(escape(cell) for cell in row)} |"
