"""Write down what the product is made of: CycloneDX, and the licences: `python -m install.sbom`."""

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from install import licences
from install.step import LOCAL, PROJECT, VENV

FOLDER = LOCAL / "sbom"


def main() -> None:
    """Write the two lists of parts and the report of licences, and fail where one does not fit."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    lock = PROJECT / "requirements.lock"
    _write(
        "python.cdx.json",
        [
            *(VENV / "bin/cyclonedx-py", "requirements", lock),
            *("--output-reproducible", "--output-format=JSON"),
        ],
    )
    _write(
        "npm.cdx.json",
        [VENV / "bin/npm", "sbom", "--sbom-format=cyclonedx", "--omit=dev", "--package-lock-only"],
    )
    lines = [
        f"{source}\t{name}\t{said}"
        for source, found in (("PyPI", licences.python()), ("npm", licences.npm()))
        for name, said in sorted(found.items())
    ]
    (FOLDER / "licences.tsv").write_text("\n".join(["source\tpackage\tlicence", *lines]) + "\n")
    print(f"sbom: {len(lines)} licences are in {FOLDER}/licences.tsv")
    licences.main()


def _write(name: str, command: Sequence[str | Path]) -> None:
    path = f"{VENV / 'bin'}:{os.environ.get('PATH', os.defpath)}"
    asked = subprocess.run(
        command, cwd=PROJECT, env={**os.environ, "PATH": path}, capture_output=True, check=True
    )
    parts = json.loads(asked.stdout)["components"]
    (FOLDER / name).write_bytes(asked.stdout)
    print(f"sbom: {len(parts)} parts are in {FOLDER}/{name}")


if __name__ == "__main__":
    main()
