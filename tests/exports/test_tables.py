"""The tables that kinds are taken away as: every field has a column, and each can be read."""

import sqlalchemy as sa

from ops.exports import tables
from ops.results.kinds import KINDS
from ops.results.log_fields import labels
from ops.results.models import Result

EVERY = list(tables.every(Result.__table__))


def test_every_table_can_be_read(session):
    for table in EVERY:
        session.execute(table.select(sa.select(Result.__table__), Result.__table__)).all()


def test_no_two_columns_of_a_table_have_one_name():
    for table in EVERY:
        names = [column.name for column in table.columns]
        assert len(names) == len(set(names)), table.name


def test_every_field_of_a_kind_has_a_column_or_a_table():
    for kind in KINDS.values():
        table = next(each for each in EVERY if each.kind == kind.name and not each.is_list)
        columns = {each.name for each in table.columns} | set(tables.lists(kind))
        for name in labels(kind):
            assert columns & {name, f"{kind.name}_{name}"}, (kind.name, name)
