"""The commands of the operator's book, as it has them."""

import re
import textwrap

from tests.conftest import ROOT

BOOK = ROOT / "docs/operating.md"


def commands(section):
    """Give the blocks of commands below a heading, in their order."""
    text = BOOK.read_text().partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    assert text, f"the book has no section {section}"
    blocks = re.findall(r"^( *)```sh\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL)
    return [textwrap.dedent(block).strip() for _, block in blocks]
