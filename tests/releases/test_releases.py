"""A release never says more than its records, has four eyes on it, and keeps what it published."""

import pytest
import sqlalchemy as sa
from markdown_it import MarkdownIt

from ops import db
from ops.releases import markdown
from tests import factories
from tests.outcomes.records import arrest, cash
from tests.releases.conftest import act

API = "/api/v1"


@pytest.mark.parametrize(
    ("rounded", "word", "status"),
    [
        ("70000", "more_than", 201),
        ("72350.50", "more_than", 422),
        ("72350.50", "at_least", 201),
        ("80000", "more_than", 422),
        ("80000", "at_least", 422),
        ("72000", "approx", 201),
        ("75000", "approx", 201),
        ("80000", "approx", 422),
        ("70000", None, 422),
        (None, "approx", 422),
        ("70000", "exact", 422),
    ],
)
def test_a_figure_is_rounded_only_by_saying_so_and_never_beyond_the_records(
    write, rounded, word, status
):
    reply = write([{"measure": "cash_seized", "rounded": rounded, "said_as": word}])

    assert reply.status_code == status, reply.text


@pytest.mark.parametrize(
    ("sure", "rounded", "word", "status"),
    [
        ("more_than", "90000", "more_than", 201),
        ("more_than", "80000", "at_least", 201),
        ("more_than", "90000", "approx", 422),
        ("approx", "80000", "more_than", 422),
        ("approx", "88000", "approx", 201),
        ("estimate", "80000", "at_least", 422),
    ],
)
def test_what_is_not_sure_is_made_no_surer(freeze, analyst, operation, sure, rounded, word, status):
    cash(operation, 90_000, qualifier=sure)
    frozen = freeze().json

    reply = analyst.post(
        f"{API}/releases",
        json={
            "snapshot": frozen["id"],
            "title": "Cash",
            "headlines": [{"measure": "cash_seized", "rounded": rounded, "said_as": word}],
        },
    )

    assert reply.status_code == status, reply.text


@pytest.mark.parametrize(
    "headline", [{"measure": "nonsense"}, {"measure": "arrests", "part": "nonsense"}]
)
def test_a_headline_is_a_figure_of_the_snapshot(write, headline):
    reply = write([headline])

    assert reply.status_code == 422
    assert "no such figure" in reply.json["detail"]


def test_it_is_marked_as_its_operations_are(write):
    assert write().json["marking"] == "OFFICIAL-SENSITIVE"
    assert write(marking="OFFICIAL").json["marking"] == "OFFICIAL"


def test_whoever_wrote_it_can_not_approve_it(write, lead, client_as):
    made = write(client=lead).json

    refused = act(lead, made, "approve")
    approved = act(client_as("lead"), made, "approve")

    assert refused.status_code == 409
    assert "somebody else must" in refused.json["detail"]
    assert (approved.status_code, approved.json["state"]) == (200, "approved")


def test_an_analyst_writes_and_does_not_approve(write, client_as):
    assert act(client_as("analyst"), write().json, "approve").status_code == 403


def test_a_change_takes_the_approval_away_and_its_author_can_not_approve(write, lead, client_as):
    made = write().json
    act(lead, made, "approve")
    where = f"{API}/releases/{made['id']}"
    tag = {"If-Match": lead.get(where).headers["ETag"]}

    changed = lead.patch(where, json={"title": "Another"}, headers=tag)

    assert (changed.json["state"], changed.json["approved_by"]) == ("draft", None)
    assert act(lead, made, "approve").status_code == 409
    assert act(client_as("lead"), made, "approve").status_code == 200


def test_what_was_read_is_what_is_approved(write, lead, analyst):
    made = write().json
    where = f"{API}/releases/{made['id']}"
    tag = {"If-Match": lead.get(where).headers["ETag"]}
    analyst.patch(where, json={"title": "Another"}, headers=tag)

    assert lead.post(f"{where}/approve", headers=tag).status_code == 412


def test_nothing_is_published_that_nobody_approved(write, analyst):
    reply = act(analyst, write().json, "publish")

    assert reply.status_code == 409
    assert "must approve" in reply.json["detail"]


def test_its_figures_are_reported_and_lead_back_to_it(published, analyst, operation, snapshot):
    found = analyst.get(f"{API}/reported-figures?operation={operation.id}").json

    assert [(each["measure"], each["value"], each["qualifier"]) for each in found] == [
        ("arrests", "2", "exact"),
        ("cash_seized", "70000", "more_than"),
    ]
    assert {each["release"] for each in found} == {published["id"]}
    assert {(each["starts_on"], each["ends_on"]) for each in found} == {
        ("2026-11-01", "2026-11-07")
    }
    assert published["snapshot"] == snapshot["id"]
    page = analyst.get("/reported-figures").text
    assert f"/releases/{published['id']}" in page
    whole = analyst.get(f"{API}/published-sets/{published['set']}").json
    assert whole["publisher"] == "GMP"


def test_it_stands_beside_what_is_recorded(published, analyst, operation):
    found = analyst.get(f"{API}/operations/{operation.id}/outcomes").json["measures"]

    [arrests] = [each for each in found if each["code"] == "arrests"]
    assert [each["value"] for each in arrests["reported"]] == ["2"]


def test_what_is_published_is_changed_no_more(published, lead, analyst, session):
    where = f"{API}/releases/{published['id']}"
    tag = {"If-Match": lead.get(where).headers["ETag"]}

    assert lead.patch(where, json={"title": "Another"}, headers=tag).status_code == 409
    assert act(lead, published, "approve").status_code == 409
    assert act(analyst, published, "publish").status_code == 409
    session.execute(sa.text("set local role ops_application"))
    for statement in ("update reported_figure set value = 1", "delete from published_set"):
        with pytest.raises(sa.exc.ProgrammingError), session.begin_nested():
            session.execute(sa.text(statement))


def test_the_pack_says_period_moment_provisional_definition_and_marking(write, analyst):
    rounded = {"measure": "cash_seized", "rounded": "70000", "said_as": "more_than"}
    made = write([rounded, {"measure": "lines_closed"}], introduction="A week.\n\nAnd more.").json

    text = analyst.get(f"/releases/{made['id']}/pack.md").text

    assert text.startswith("**OFFICIAL-SENSITIVE**\n")
    assert text.endswith("**OFFICIAL-SENSITIVE**\n")
    assert "DRAFT" in text
    assert "more than £70,000" in text
    assert "72,350" not in text
    assert "Provisional, and not counted above: 1 to be confirmed." in text
    assert "Sunday 1 November 2026 to Saturday 7 November 2026" in text
    assert "As known on " in text
    assert "A record counts once it is confirmed" in text


def test_once_published_the_pack_is_no_draft(published, analyst):
    text = analyst.get(f"/releases/{published['id']}/pack.md").text

    assert "DRAFT" not in text
    assert "Published on " in text


def test_the_pdf_is_one(published, analyst):
    reply = analyst.get(f"/releases/{published['id']}/pack.pdf")

    assert reply.mimetype == "application/pdf"
    assert reply.data.startswith(b"%PDF-")
    assert "attachment" in reply.headers["Content-Disposition"]


@pytest.mark.parametrize("ending", ["md", "pdf"])
def test_to_take_it_away_is_a_disclosure(published, analyst, session, ending):
    analyst.get(f"/releases/{published['id']}/pack.{ending}")

    session.execute(sa.text("reset role"))
    [entry] = session.execute(
        sa.text("select act, seen from log_entry where endpoint like 'release_pages.as_%'")
    )
    assert entry.act == "disclosure"
    assert published["id"] in str(entry.seen)


def test_what_people_typed_is_text_in_markdown(write, analyst):
    typed = "# Not a title\n\n- no list <script>alert(1)</script> [a](http://x.test) *b*"
    made = write(title="_A_ `week` | ![x](y)", introduction=typed).json

    text = analyst.get(f"/releases/{made['id']}/pack.md").text

    html = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(text)
    assert "<h1>_A_ `week` | ![x](y)</h1>" in html
    assert "<script" not in html
    assert "<a " not in html
    assert "<img" not in html
    assert html.count("<h1>") == 1
    assert "*b*" in html


@pytest.mark.parametrize(
    "text",
    ["1. one", "1) one", "- one", "+ one", "> one", "# one", "=== one", "a_b_c", "~~no~~",
     "a | b", "&amp; &#35;", "<b>", "\\*", "www.example.test", "http://example.test", "a@b.test",
     "[^1]: x", "```x", "*", "2026. A year", "ends with \\"],
)  # fmt: skip
def test_escaped_text_reads_as_it_was_typed(text):
    parser = MarkdownIt("gfm-like", {"linkify": False})

    tokens = parser.parse(markdown.escape(text))

    assert [each.type for each in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    parts = tokens[1].children
    assert {each.type for each in parts} <= {"text", "text_special"}
    assert "".join(each.content for each in parts) == text


def test_with_an_operation_goes_what_was_written_of_it_unless_published(
    write, freeze, analyst, lead, client_as, operation, session
):
    draft = write(introduction="Of somebody").json
    titled = freeze(title="A name that says much").json
    session.execute(sa.text("reset role"))
    with db.transaction():
        session.execute(sa.text("update operation set status = 'closed'"))
    where = f"{API}/operations/{operation.id}"
    second = client_as("lead")
    sent = {"decision": "erase", "reason": "It is no longer needed."}
    assert lead.post(f"{where}/reviews", json=sent).status_code == 201
    shown = second.post(f"{where}/erase?dry_run=true", json={}).json
    assert second.post(f"{where}/erase", json={"token": shown["token"]}).json["is_erased"]

    found = analyst.get(f"{API}/releases/{draft['id']}").json
    titles = [each["title"] for each in analyst.get(f"{API}/snapshots").json]

    assert (found["title"], found["introduction"]) == ("Erased", None)
    assert titles == [None] * len(titles)
    assert analyst.get(f"{API}/snapshots/{titled['id']}").json == titled


def test_who_may_not_report_writes_none(write, client_as):
    assert write(client=client_as("officer")).status_code == 403


def test_a_part_of_a_breakdown_is_a_headline_too(freeze, analyst, lead, operation):
    arrest(operation)
    arrest(operation, sex="female")
    frozen = freeze(by="sex").json
    made = analyst.post(
        f"{API}/releases",
        json={
            "snapshot": frozen["id"],
            "title": "Arrests",
            "headlines": [{"measure": "arrests", "part": "female"}],
        },
    )
    if made.status_code == 422:
        # Too few to be shown by sex.
        return
    act(lead, made.json, "approve")
    act(analyst, made.json, "publish")

    [found] = analyst.get(f"{API}/reported-figures?operation={operation.id}").json

    assert (found["value"], found["facets"]) == ("1", {"sex": "female"})


def test_of_several_operations_somebody_who_sees_one_sees_neither_release_nor_figures(
    analyst, lead, client_as, operation
):
    hidden = factories.operation(visibility="restricted")
    for client in (analyst, lead):
        factories.member(hidden, client.person, "analyst" if client is analyst else "lead")
    arrest(operation)
    arrest(hidden)
    sent = {"operation": [str(operation.id), str(hidden.id)]}
    frozen = analyst.post(f"{API}/snapshots", json=sent).json
    body = {"snapshot": frozen["id"], "title": "Both", "headlines": [{"measure": "arrests"}]}
    made = analyst.post(f"{API}/releases", json=body).json
    assert act(lead, made, "approve").status_code == 200
    assert act(analyst, made, "publish").status_code == 200
    outside = client_as("admin")

    code = analyst.get(f"{API}/releases/{made['id']}").json["set"]

    assert outside.get(f"{API}/snapshots/{frozen['id']}").status_code == 404
    assert outside.get(f"{API}/releases/{made['id']}").status_code == 404
    assert outside.get(f"{API}/published-sets/{code}").status_code == 404
    for path in ("snapshots", "releases", "reported-figures", "published-sets"):
        assert analyst.get(f"{API}/{path}").json != []
        assert outside.get(f"{API}/{path}").json == []


def test_those_that_wait_for_approval_are_listed_by_themselves(write, published, lead):
    draft = write(title="Another week").json

    found = lead.get(f"{API}/releases", query_string={"state": "draft"}).json
    page = lead.get("/releases?state=draft").text

    assert [each["id"] for each in found] == [draft["id"]]
    assert f'href="/releases/{draft["id"]}"' in page
    assert published["id"] not in page
    assert published["id"] in lead.get("/releases").text
