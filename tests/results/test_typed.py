"""A record that was right when it was logged can be read, whatever is asked of new ones since."""

import sqlalchemy as sa

from tests.results.conftest import payload


def test_a_code_that_left_its_list_and_a_limit_that_became_tighter_leave_a_record_readable(
    log, lead, second, session
):
    record = log("arrest", {"sex": "male", "custody_ref": "A/1", "disposals": [{"code": "bailed"}]})
    there = f"/api/v1/results/{record['id']}"
    session.execute(sa.text("update arrest set sex = 'gone', custody_ref = repeat('x', 400)"))
    session.execute(sa.text("update disposal set code = 'gone'"))

    assert lead.get(there).json["detail"]["sex"] == "gone"
    assert lead.get(f"/results/{record['id']}").status_code == 200
    assert second.post(f"{there}/confirm").status_code == 200


def test_the_same_again_is_still_the_same(log, lead, operation, session):
    record = log("line", {"numbers": ["07700 900123"]})
    session.execute(sa.text("update line_number set number = 'no number'"))

    body = payload("line", {"numbers": ["07700 900123"]}, id=record["id"])
    again = lead.post(f"/api/v1/operations/{operation.id}/results", json=body)

    assert again.status_code == 200
    assert again.json["detail"]["numbers"][0]["number"] == "no number"


def test_a_new_record_is_judged_as_before(lead, operation):
    body = payload("arrest", {"sex": "gone"})

    assert lead.post(f"/api/v1/operations/{operation.id}/results", json=body).status_code == 422
