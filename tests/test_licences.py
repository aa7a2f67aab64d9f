"""Which licences of packages go with ours."""

import pytest

from install import licences


@pytest.mark.parametrize(
    "said",
    [
        "MIT",
        "BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0",
        "MPL-2.0 AND (Apache-2.0 OR MIT)",
        "LGPL-3.0-only",
        "GPL-3.0-only OR MIT",
        "GNU General Public License (GPL); BSD License",
    ],
)
def test_a_licence_that_goes_with_ours_fits(said):
    assert licences.fits(said)


@pytest.mark.parametrize(
    "said", ["", "UNKNOWN", "GPL-3.0-only", "AGPL-3.0-or-later", "MIT AND GPL-2.0-only", "Commons"]
)
def test_any_other_is_named_with_its_package(said):
    assert licences.wrong([("package 1.0", said)])[0].startswith("licences: package 1.0 is under")
