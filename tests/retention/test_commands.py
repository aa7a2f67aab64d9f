import pytest
import sqlalchemy as sa

from ops import db
from ops.retention.commands import due, group
from tests.retention.conftest import decide


@pytest.fixture
def call(app, session, capsys):
    """Run a command on the test's own session; give what it prints."""

    def run(command, *words):
        with app.app_context():
            command.main(list(words), standalone_mode=False)
        return capsys.readouterr().out

    return run


def test_what_is_due_is_listed_without_content(call, lead, operation, log):
    record = log(note="Nobody's business")
    decide(lead, f"/results/{record['id']}", "keep", next_review_on="2027-01-01")

    out = call(due, "--before", "2027-01-01")

    assert out.splitlines() == [f"2027-01-01 group 3 result {record['id']}"]


def test_a_group_is_changed_from_a_day_on(call, session):
    call(group, "3", "--years", "7", "--from", "2027-01-01")

    rows = session.execute(
        sa.text("select years, themes, valid_from::text, valid_to::text from retention_group"
                " where code = '3' order by valid_from")
    ).all()  # fmt: skip
    assert [tuple(row) for row in rows] == [
        (6, None, "2023-01-01", "2027-01-01"),
        (7, None, "2027-01-01", None),
    ]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["3", "--years", "7", "--from", "2020-01-01"], "name a later day"),
        (["9"], "A new group needs --label --rule --years"),
        (["3", "--theme", "weather"], "There is no theme"),
    ],
)
def test_a_group_that_is_not_whole_is_refused(call, words, sentence):
    with pytest.raises(Exception, match=sentence):
        call(group, *words)

    db.session.rollback()
