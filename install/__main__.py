"""Install what this machine lacks: `python3 -m install run`, or `python3 -m install test`."""

import sys

OLDEST_PYTHON = (3, 11)

if sys.version_info < OLDEST_PYTHON:
    sys.exit(
        "Python 3.11 or newer is needed, and this is {}.{}: name another, as in "
        "`make run PYTHON=python3.12`.".format(*sys.version_info[:2])
    )

from install import main  # noqa: E402  an older Python could not even read it

main(sys.argv[1:])
