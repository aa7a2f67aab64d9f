"""The browser's part: npm packages from their lock, and what is built from them."""

import os
import shutil

from install.step import PROJECT, VENV, Stamp, digest, run, say

# Node comes with the Python packages.
NPM = VENV / "bin/npm"
MODULES = PROJECT / "node_modules"
BUILD = PROJECT / "static/build"


def install() -> None:
    """Install the npm packages and build what the browser loads."""
    packages = digest([PROJECT / "package.json", PROJECT / "package-lock.json"])
    # npm looks for node on the path.
    environment = {"PATH": f"{VENV / 'bin'}:{os.environ.get('PATH', os.defpath)}"}
    stamp = Stamp("npm")
    if not (stamp.is_(packages) and MODULES.exists()):
        say("installing the npm packages of package-lock.json")
        run([NPM, "ci"], environment)
        stamp.put(packages)

    sources = [file for file in (PROJECT / "static").rglob("*") if file.is_file()]
    built = digest([file for file in sources if BUILD not in file.parents], packages)
    stamp = Stamp("build")
    if not (stamp.is_(built) and (BUILD / "manifest.json").exists()):
        say("building what the browser loads")
        shutil.rmtree(BUILD, ignore_errors=True)
        run([NPM, "run", "build"], environment)
        stamp.put(built)
