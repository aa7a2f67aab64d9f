"""Every constraint a person can break has its own sentence."""

import sqlalchemy as sa

from ops.errors import CONSTRAINTS, sentence_for


def test_every_sentence_belongs_to_a_rule_of_the_database(session):
    """A constraint, an index, a table's policy, or what a trigger of ours raises by name."""
    constraints = sa.text(
        "select conname::text from pg_constraint union select relname::text from pg_class"
        # A trigger that refuses names one too.
        r" union select substring(prosrc from $$constraint = '(\w+)'$$) from pg_proc"
        # A breach names the table; `with check` alone raises, what is not seen is left out.
        " union select 'policy_' || tablename from pg_policies"
        " where 'ops_application' = any(roles) and with_check is not null"
    )
    functions = sa.text("select prosrc from pg_proc where pronamespace = 'public'::regnamespace")

    names = set(session.scalars(constraints))
    raised = " ".join(session.scalars(functions))

    assert [name for name in CONSTRAINTS if name not in names and f"'{name}'" not in raised] == []


def test_an_unknown_constraint_still_gets_a_sentence():
    assert sentence_for("no_such_constraint").endswith(".")
