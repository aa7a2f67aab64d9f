"""Which groups come in, as what and where."""

import pytest

from ops.access import oidc_roles
from ops.access.oidc_roles import Place
from ops.errors import Invalid


def test_reads_groups_in_their_order_with_blanks_and_an_equals_sign():
    places = oidc_roles.read(" cn=leads=lead@GMP, /officers = officer@GMP-BOLTON ,,")

    assert places == {
        "cn=leads": Place("lead", "GMP"),
        "/officers": Place("officer", "GMP-BOLTON"),
    }


def test_of_two_lines_for_a_group_the_first_counts():
    assert oidc_roles.read("a=lead@X,a=admin@X") == {"a": Place("lead", "X")}


@pytest.mark.parametrize(
    "text", ["leads", "leads=lead", "leads=boss@GMP", "=lead@GMP", "leads=lead@", "a=lead@X@Y"]
)
def test_refuses_what_it_cannot_read_by_its_words(text):
    with pytest.raises(Invalid, match="OPS_OIDC_ROLES"):
        oidc_roles.read(text)


def test_groups_are_told_apart_to_the_letter():
    places = oidc_roles.read("leads=lead@GMP")

    assert oidc_roles.place_of(("Leads", "lead", "leads2"), places) is None
