"""Guided plans: each kind asks what it needs, says what is missing, and can be gone on with."""

import datetime as dt

import pytest

from tests import factories
from tests.wellformed import faults

WEEK = {"name": "Intensification week", "starts_on": "2027-03-01", "ends_on": "2027-03-07"}
ATTACK = "</script><script>alert(1)</script>"


@pytest.fixture
def lead(client_as):
    return client_as()


@pytest.fixture
def plan_of(session):
    """The address of a draft's guided plan."""

    def make(kind, **fields):
        operation = factories.operation(kind=kind, status="draft", **fields)
        return f"/api/v1/operations/{operation.id}/plan"

    return make


def say(client, path, **content):
    """Say something of a plan upon the version that is there."""
    tag = client.get(path).headers["ETag"]
    return client.patch(path, json=content, headers={"If-Match": tag})


def missing(client, path):
    """Give what each task that is not done lacks, by its name."""
    return {each["name"]: each["missing"] for each in client.get(path).json["tasks"]
            if each["missing"]}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        ("week_of_action", ["week", "priorities", "targets", "districts", "sites", "leads",
                            "four-p"]),
        ("day_of_action", ["priorities", "targets", "districts", "sites", "leads", "four-p"]),
        ("prison_search", ["establishments", "contacts", "areas", "asked", "training",
                           "intelligence", "four-p"]),
        ("place_based", ["phases", "partners", "baseline", "meetings", "four-p"]),
    ],
)  # fmt: skip
def test_each_kind_asks_what_it_needs_and_has_a_page_for_each(lead, plan_of, kind, asked):
    path = plan_of(kind)
    here = path.removeprefix("/api/v1")

    tasks = lead.get(path).json["tasks"]
    index = lead.get(here).text
    pages = [lead.get(f"{here}/{name}") for name in asked if name != "four-p"]

    assert [each["name"] for each in tasks] == asked
    assert all(each["missing"] or each["is_optional"] for each in tasks)
    assert faults(index) == []
    assert {page.status_code for page in pages} == {200}
    assert [fault for page in pages for fault in faults(page.text)] == []


def test_a_plan_is_gone_on_with_where_it_was_left_and_says_what_is_missing(lead, plan_of):
    path = plan_of("week_of_action")
    before = missing(lead, path)

    first = say(lead, path, priorities=["Close the lines that use children"])
    second = say(lead, path, contacts=[{"role": "communications_lead", "name": "Com Lead"}])

    assert before["priorities"] == ["Say what comes first."]
    assert "priorities" not in missing(lead, path)
    assert missing(lead, path)["leads"] == ["Name the lead of at least one partner."]
    assert (first.json["version"], second.json["version"]) == (1, 2)
    assert second.json["priorities"] == ["Close the lines that use children"]


def test_what_somebody_else_said_first_is_not_overwritten(lead, plan_of):
    path = plan_of("week_of_action")
    tag = lead.get(path).headers["ETag"]
    say(lead, path, priorities=["Theirs"])

    stale = lead.patch(path, json={"priorities": ["Mine"]}, headers={"If-Match": tag})
    unread = lead.patch(path, json={"priorities": ["Mine"]})

    assert (stale.status_code, unread.status_code) == (412, 428)
    assert lead.get(path).json["priorities"] == ["Theirs"]


def test_the_period_follows_the_national_week_over_the_change_of_clocks(lead, client_as, plan_of):
    week = client_as("admin").post(
        "/api/v1/national-weeks", json=WEEK | {"starts_on": "2027-03-25", "ends_on": "2027-03-28"}
    )
    path = plan_of("week_of_action")

    chosen = say(lead, path, national_week=week.json["id"])

    operation = lead.get(path.removesuffix("/plan")).json
    assert chosen.json["is_national"] is True
    assert dt.datetime.fromisoformat(operation["starts_at"]) == dt.datetime(
        2027, 3, 25, tzinfo=dt.UTC
    )
    # The clocks go forward in the night to the 28th, so the week ends an hour sooner by UTC.
    assert dt.datetime.fromisoformat(operation["ends_at"]) == dt.datetime(
        2027, 3, 28, 23, tzinfo=dt.UTC
    )
    assert "week" not in missing(lead, path)


def test_a_week_that_was_moved_is_told_until_it_is_chosen_again(lead, client_as, plan_of):
    admin = client_as("admin")
    week = admin.post("/api/v1/national-weeks", json=WEEK).json["id"]
    path = plan_of("week_of_action")
    say(lead, path, national_week=week)
    admin.patch(f"/api/v1/national-weeks/{week}", json={"ends_on": "2027-03-08"})

    moved = missing(lead, path)["week"]
    say(lead, path, national_week=week)

    assert moved == ["Its period is not that of the national week; choose the week again, or none."]
    assert "week" not in missing(lead, path)


def test_a_period_that_leaves_deployments_outside_is_refused_and_nothing_is_said(
    lead, client_as, plan_of
):
    week = client_as("admin").post("/api/v1/national-weeks", json=WEEK).json["id"]
    operation = factories.operation(status="draft")
    factories.deployment(operation, name="The early one")
    path = f"/api/v1/operations/{operation.id}/plan"

    reply = say(lead, path, national_week=week)

    assert reply.status_code == 422
    assert "The early one" in reply.json["errors"]["national_week"][0]
    assert lead.get(path).json["version"] == 0


def test_targets_are_for_all_of_it_and_for_its_days(lead, plan_of):
    path = plan_of("week_of_action")
    page = f"{path.removeprefix('/api/v1')}/targets"
    whole = lead.post(page, data={"measure": "arrests", "value": "40"})
    after_one = missing(lead, path)["targets"]

    day = lead.post(page, data={"measure": "arrests", "value": "8", "day": "2026-11-03"})
    again = lead.post(page, data={"measure": "arrests", "value": "9", "day": "2026-11-03"})

    assert (whole.status_code, day.status_code, again.status_code) == (303, 303, 409)
    assert after_one == ["Set a target for a day."]
    assert "targets" not in missing(lead, path)
    outcomes = lead.get(path.replace("/plan", "/outcomes") + "?from=2026-11-03&to=2026-11-03").json[
        "measures"
    ]
    [arrests] = [each for each in outcomes if each["code"] == "arrests"]
    assert arrests["target"] == "8"


def test_a_prison_search_names_where_whom_and_what(lead, plan_of):
    prison = factories.site(name="HMP Example")
    path, site = plan_of("prison_search"), str(prison.id)
    page = f"{path.removeprefix('/api/v1')}/training"
    say(lead, path, establishments=[site])
    first = missing(lead, path)

    said = say(
        lead, path,
        contacts=[{"role": "prison_contact", "site": site, "name": "Duty governor",
                   "phone": "0161 496 0000"}],
        search_areas=[{"site": site, "where": "wing", "name": "C wing"}],
        teams_asked=2, dogs_asked=0, lists=["a", "b"], intelligence_logs=["INT/1234/26"],
    )  # fmt: skip
    session = {"name": "Night staff", "site": site, "starts_at": "2026-11-03T10:00",
               "ends_at": "2026-11-03T12:00"}  # fmt: skip
    trained = lead.post(page, data=session)

    assert first["contacts"] == ["Name a contact at HMP Example."]
    assert first["areas"] == ["Say where in HMP Example to search."]
    assert (said.status_code, trained.status_code) == (200, 303)
    assert missing(lead, path).keys() == {"four-p"}


@pytest.mark.parametrize(
    ("kind", "change", "field"),
    [
        ("week_of_action", {"teams_asked": 2}, "teams_asked"),
        ("place_based", {"priorities": ["x"]}, "priorities"),
        ("week_of_action", {"districts": ["NOWHERE"]}, "districts"),
        ("week_of_action", {"national_week": "01890000-0000-7000-8000-0000000000d9"},
         "national_week"),
        ("week_of_action", {"sites_by_day": [{"on": "2026-12-24", "sites": 2}]}, "sites_by_day"),
        ("week_of_action", {"sites_by_day": [{"on": "2026-11-03", "sites": 2}] * 2},
         "sites_by_day"),
        ("week_of_action", {"sites_by_day": [{"on": "2026-11-03", "sites": -1}]}, "sites_by_day"),
        ("week_of_action", {"contacts": [{"role": "suspect", "name": "x"}]}, "contacts"),
        ("week_of_action", {"contacts": [{"role": "partner_lead", "name": "x", "phone": "call"}]},
         "contacts"),
        ("prison_search", {"establishments": ["01890000-0000-7000-8000-0000000000d9"]},
         "establishments"),
        ("prison_search", {"search_areas": [
            {"site": "01890000-0000-7000-8000-0000000000d9", "where": "gate"}]}, "search_areas"),
        ("prison_search", {"intelligence_logs": ["A source says that drugs come on Friday"]},
         "intelligence_logs"),
        ("prison_search", {"dogs_asked": -1}, "dogs_asked"),
        ("prison_search", {"lists": ["d"]}, "lists"),
        ("place_based", {"meetings": [{"at": "2026-11-03T10:00:00"}]}, "meetings"),
    ],
)  # fmt: skip
def test_what_a_plan_cannot_say_is_refused_with_a_sentence(lead, plan_of, kind, change, field):
    path = plan_of(kind)

    reply = say(lead, path, **change)

    assert reply.status_code == 422
    assert list(reply.json["errors"]) == [field]
    assert lead.get(path).json["version"] == 0


def test_a_prison_that_is_planned_for_is_not_taken_out_unseen(lead, plan_of):
    path, site = plan_of("prison_search"), str(factories.site().id)
    say(lead, path, establishments=[site], search_areas=[{"site": site, "where": "gate"}])

    reply = say(lead, path, establishments=[])

    assert reply.json["errors"] == {
        "establishments": ["There is a part to search in a prison that is not chosen."]
    }


def test_a_criterion_is_met_by_somebody_at_a_time_and_worded_anew_asks_again(lead, plan_of):
    path = plan_of("place_based")
    here = path.removesuffix("/plan")
    phase = lead.post(
        f"{here}/phases",
        json={"kind": "clear", "starts_at": "2026-11-02T00:00:00Z", "aim": "Clear the street."},
    ).json
    made = lead.post(
        f"{here}/exit-criteria", json={"phase": phase["id"], "text": "No dealing is seen."}
    )
    there = f"/api/v1/exit-criteria/{made.json['id']}"

    met = lead.patch(there, json={"is_met": True}, headers={"If-Match": made.headers["ETag"]})
    stale = lead.patch(there, json={"is_met": False}, headers={"If-Match": made.headers["ETag"]})
    anew = lead.patch(
        there, json={"text": "None for a month."}, headers={"If-Match": met.headers["ETag"]}
    )

    assert made.json["is_met"] is None
    assert (met.json["is_met"], met.json["judged_by"]) == (True, lead.person.name)
    assert met.json["judged_at"]
    assert stale.status_code == 412
    assert (anew.json["is_met"], anew.json["judged_by"]) == (None, None)
    assert missing(lead, path).keys() == {"partners", "baseline", "meetings", "four-p"}


def test_a_partners_action_in_a_phase_is_one_of_the_4p_plan(lead, plan_of):
    path = plan_of("place_based")
    here = path.removesuffix("/plan")
    factories.organisation("SALFORD", kind="council")
    phase = lead.post(
        f"{here}/phases", json={"kind": "hold", "starts_at": "2026-11-02T00:00:00Z"}
    ).json["id"]
    action = {"four_p": "prevent", "what": "Light the alley", "due_on": "2026-12-01",
              "review_on": "2026-12-01", "phase": phase}  # fmt: skip
    lead.post(f"{here}/actions", json=action)
    own_alone = missing(lead, path)["partners"]

    lead.post(f"{here}/actions", json=action | {"organisation": "SALFORD"})

    assert own_alone == ["Hold: plan what a partner does."]
    assert "partners" not in missing(lead, path)
    assert "Light the alley" in lead.get(f"{here.removeprefix('/api/v1')}/plan/partners").text


def test_a_partner_is_shown_the_4p_plan_alone(client_as, lead, plan_of):
    path = plan_of("week_of_action")
    say(lead, path, priorities=["Not for partners"])
    partner = client_as("officer", organisation=factories.organisation("SALFORD"))
    operation = path.split("/")[-2]
    factories.member(
        factories.db.session.get(factories.Operation, operation), partner.person, "partner"
    )

    shown = partner.get(path)
    page = partner.get(path.removeprefix("/api/v1")).text
    refused = say(partner, path, priorities=["Mine"])

    assert [each["name"] for each in shown.json["tasks"]] == ["four-p"]
    assert "Not for partners" not in shown.text + page
    assert refused.status_code == 403


@pytest.mark.parametrize("role", ["officer", "analyst", "desk", "auditor"])
def test_whoever_may_not_plan_reads_alone(client_as, lead, plan_of, role):
    path = plan_of("week_of_action")
    say(lead, path, priorities=["First"])
    client = client_as(role)
    page = f"{path.removeprefix('/api/v1')}"

    assert client.get(path).json["priorities"] == ["First"]
    assert say(client, path, priorities=["Mine"]).status_code == 403
    assert client.get(f"{page}/priorities").status_code == 403
    assert f"{page}/priorities" not in client.get(page).text


def test_the_plan_of_an_operation_that_is_over_stays(lead, plan_of, close):
    path = plan_of("week_of_action")
    close(path.split("/")[-2])

    assert say(lead, path, priorities=["Late"]).status_code == 409


def test_a_kind_asks_beside_the_next_step_and_holds_nothing_up(lead, plan_of):
    path = plan_of("prison_search", aim="Find phones.", theme="drugs")
    there = path.removesuffix("/plan")

    overview = lead.get(there.removeprefix("/api/v1")).text
    moved = lead.post(f"{there}/transitions", json={"to": "planned"})

    assert "Establishments: Choose the establishment." in overview
    assert moved.status_code == 201
    assert "also asks for" not in lead.get("/operations/" + str(factories.operation().id)).text


def test_only_administrators_of_the_police_keep_national_weeks(client_as):
    council = factories.organisation("SALFORD", kind="council")
    refused = [
        client.post("/api/v1/national-weeks", json=WEEK).status_code
        for client in (client_as("lead"), client_as("admin", organisation=council))
    ]
    admin = client_as("admin")

    kept = admin.post("/api/v1/national-weeks", json=WEEK)
    twice = admin.post("/api/v1/national-weeks", json=WEEK)
    backwards = admin.post("/api/v1/national-weeks", json=WEEK | {"ends_on": "2027-02-28"})
    shrunk = admin.patch(
        f"/api/v1/national-weeks/{kept.json['id']}", json={"ends_on": "2027-02-28"}
    )

    assert refused == [403, 403]
    assert (kept.status_code, twice.status_code) == (201, 409)
    assert backwards.json["errors"] == {"ends_on": ["Must not be before the first day."]}
    assert shrunk.json["detail"] == "A week's last day can't be before its first."
    assert [each["name"] for each in client_as("officer").get("/api/v1/national-weeks").json] == [
        WEEK["name"]
    ]


def test_the_pages_keep_words_as_words_and_say_what_is_wrong(lead, plan_of):
    path = plan_of("week_of_action")
    page = path.removeprefix("/api/v1")
    tag = lead.get(path).headers["ETag"]

    sent = lead.post(f"{page}/priorities", data={"priorities": f"{ATTACK}\nSecond", "etag": tag})
    wrong = lead.post(
        f"{page}/sites",
        data={"etag": lead.get(path).headers["ETag"], "sites_by_day.0.on": "2026-11-01",
              "sites_by_day.1.on": "2026-11-02", "sites_by_day.1.sites": "many"},
    )  # fmt: skip
    again = lead.get(f"{page}/priorities").text

    assert sent.status_code == 303
    assert lead.get(path).json["priorities"] == [ATTACK, "Second"]
    assert ATTACK not in again
    assert wrong.status_code == 422
    assert 'href="#sites_by_day-1-sites"' in wrong.text
    assert faults(wrong.text) == []


@pytest.mark.parametrize("task", ["week-of-action", "establishments", "four-p", ".."])
def test_a_part_that_the_kind_does_not_ask_is_none(lead, plan_of, task):
    page = plan_of("week_of_action").removeprefix("/api/v1")

    assert lead.get(f"{page}/{task}").status_code == 404
