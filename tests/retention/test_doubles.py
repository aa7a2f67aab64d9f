"""What was said of two records goes with either of them."""

import pytest
import sqlalchemy as sa

from ops.ledger.models import Change
from tests.doubles.test_merging import decide as judge
from tests.retention.conftest import decide, erase
from tests.retention.test_erasure import MARK, found_anywhere


@pytest.mark.parametrize("which", [0, 1])
def test_a_decision_about_a_pair_goes_with_either_record(lead, second, session, log, which):
    pair = sorted((log(), log(occurred_at="2026-11-02T14:00:00Z")), key=lambda each: each["id"])
    ids = [each["id"] for each in pair]
    named = lead.post("/api/v1/doubles", json={"records": ids}).json
    judge(lead, named, decision="different", reason=MARK)
    assert MARK in {word for _, word in found_anywhere(session)}

    decide(lead, f"/results/{ids[which]}")
    assert erase(second, f"/results/{ids[which]}").json["is_erased"]

    assert found_anywhere(session) == []
    assert lead.get(f"/api/v1/doubles/{named['id']}").status_code == 404
    filed = sa.select(Change.after).where(Change.object == "likely_double")
    assert all(after.keys() == {"decision", "kept_id"} for after in session.scalars(filed))
