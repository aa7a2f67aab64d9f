"""Ask the public lists of known faults about each locked package: `python -m install.audit`."""

import json
import subprocess
import sys

from install.step import PROJECT, VENV

LOCK = "requirements-test.lock"
PATIENCE_S = 300


def main() -> None:
    """Fail on a known fault; say so in one line where nobody could be asked."""
    words = ["--no-deps", "--disable-pip", "--progress-spinner=off", "--format=json"]
    try:
        asked = subprocess.run(
            [VENV / "bin/pip-audit", f"--requirement={LOCK}", *words],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        packages = json.loads(asked.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError):
        packages = []
    answered = [package for package in packages if "vulns" in package]
    if not answered:
        print("audit: the lists of known faults can't be reached from here; nothing was checked")
        return
    if silent := len(packages) - len(answered):
        print(f"audit: nothing is known of {silent} of {len(packages)} packages")
    faults = [
        f"audit: {package['name']} {package['version']} has {fault['id']}, mended in "
        f"{', '.join(fault['fix_versions']) or 'no version yet'}"
        for package in answered
        for fault in package["vulns"]
    ]
    if faults:
        sys.exit("\n".join(faults))


if __name__ == "__main__":
    main()
