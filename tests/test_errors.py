"""Every constraint a person can break has its own sentence."""

import sqlalchemy as sa

from ops.errors import CONSTRAINTS, sentence_for


def test_every_sentence_belongs_to_a_constraint_of_the_database(session):
    constraints = sa.text("select conname from pg_constraint union select relname from pg_class")

    names = set(session.scalars(constraints))

    assert CONSTRAINTS.keys() - names == set()


def test_an_unknown_constraint_still_gets_a_sentence():
    assert sentence_for("no_such_constraint").endswith(".")
