"""Freeze summaries and publish from them.

A snapshot is only ever added. Whoever may see it sees every operation in it, whole; a release,
and what is published by it, is seen with its snapshot.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import scoped

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

SNAPSHOT_SEEN = """
not exists (
    select from unnest(snapshot.operations) part (id)
    where part.id not in (select visible_operations()) or part.id in (select actor_parts()))
and (snapshot.organisation_id is null
    or snapshot.organisation_id = any ((select actor_organisations())::uuid[]))
"""
RELEASE_SEEN = "exists (select from snapshot where snapshot.id = release.snapshot_id)"
SET_SEEN = (
    "(published_set.release_id is null and actor_id() is not null)"
    " or exists (select from release where release.id = published_set.release_id)"
)
# As it was before: see migration 0003.
FIGURE_SEEN_BEFORE = (
    "reported_figure.operation_id is null or (exists (select from operation"
    " where operation.id = reported_figure.operation_id)"
    " and reported_figure.operation_id not in (select actor_parts()))"
)
FIGURE_SEEN = (
    f"({FIGURE_SEEN_BEFORE}) and (reported_figure.set_id is null"
    " or exists (select from published_set where published_set.id = reported_figure.set_id))"
)
# What hangs on no operation was read by all who look after the house; what is published from a
# snapshot is read by those who may see that.
CHANGE_SEEN = (
    "operation_id is not null or object not in ('published_set', 'reported_figure')"
    " or not is_released(object, object_id)"
    " or exists (select from published_set where published_set.id = object_id)"
    " or exists (select from reported_figure where reported_figure.id = object_id)"
)
IS_RELEASED = """
create function is_released(asked_kind text, asked_id uuid) returns boolean
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
    return exists (
        select from published_set
        where release_id is not null and id = case asked_kind
            when 'published_set' then asked_id
            else (select set_id from reported_figure where id = asked_id) end);
end
$$
"""
# The ledger seals what was frozen by its hash, and says nothing else of it to anybody.
RECORD_HASH = """
create function record_hash() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into change (actor, operation_id, object, object_id, after) values (
        actor_id(), '00000000-0000-0000-0000-000000000000', tg_table_name, new.id,
        jsonb_build_object('hash', encode(
            sha256(convert_to((to_jsonb(new) - 'content')::text, 'UTF8')), 'hex')));
    return null;
end
$$
"""
# With an operation goes what somebody called its snapshots and wrote of it that is not published.
FORGET_TITLES = """
create function forget_titles() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    update release set title = 'Erased', introduction = null, notes = null,
        version = version + 1
        where state <> 'published' and snapshot_id in (
            select id from snapshot where new.object_id = any (operations));
    update release set revision = null, revision_at = null, revision_by = null,
        version = version + 1
        where revision is not null and snapshot_id in (
            select id from snapshot where new.object_id = any (operations));
    update snapshot set title = null
        where new.object_id = any (operations) and title is not null;
    return null;
end
$$
"""
# What is published of a release stays, whoever asks; a revision is proposed beside it.
KEEP_PUBLISHED = """
create function keep_published() returns trigger
language plpgsql set search_path = public, pg_temp as $$
declare
    beside text[] := '{revision,revision_at,revision_by,version}';
begin
    if to_jsonb(new) - beside is distinct from to_jsonb(old) - beside then
        raise check_violation using
            constraint = 'ck_release_published', message = 'this is published, and stays as it is';
    end if;
    return new;
end
$$
"""
# Each act is in the name of whoever acts, and what is written is never changed under somebody
# else's name, or under an approval. What runs as the owner acts for nobody.
OWN_HAND = """
create function check_own_hand() returns trigger
language plpgsql set search_path = public, pg_temp as $$
declare
    me uuid := actor_id();
    is_written boolean := (new.title, new.introduction, new.notes, new.headlines, new.marking)
        is distinct from (old.title, old.introduction, old.notes, old.headlines, old.marking);
    is_proposed boolean := new.revision is not null and new.revision is distinct from old.revision;
begin
    if current_user = 'ops_application' and (
            (new.id, new.snapshot_id, new.organisation_id, new.made_at, new.made_by)
                is distinct from
                (old.id, old.snapshot_id, old.organisation_id, old.made_at, old.made_by)
            or is_written and (new.state <> 'draft' or new.changed_by is distinct from me)
            or new.changed_by <> old.changed_by and new.changed_by is distinct from me
            or new.approved_by is distinct from old.approved_by and new.approved_by <> me
            or new.published_by is distinct from old.published_by and new.published_by <> me
            or is_proposed and new.revision_by is distinct from me
            or new.revision_by is distinct from old.revision_by and new.revision_by <> me) then
        raise check_violation using
            constraint = 'ck_release_own_hand', message = 'each acts in their own name';
    end if;
    return new;
end
$$
"""
# A figure goes into the set of a release when that is published, by whoever publishes it; later
# only as the revision that somebody else proposed, word for word.
PUBLISHED_BY_ACTOR = (
    "set_id is null or exists (select from published_set"
    " left join release on release.id = published_set.release_id"
    " where published_set.id = set_id"
    " and (release.id is null or release.published_by = actor_id()))"
)
REVISED = """
created_by = actor_id() and proposed_by <> actor_id() and exists (
    select from published_set join release on release.id = published_set.release_id
    where published_set.id = set_id
        and release.revision_by = proposed_by
        and release.revision ->> 'figure' = supersedes_id::text
        and (release.revision ->> 'value')::numeric = value
        and release.revision ->> 'qualifier' = qualifier
        and release.revision ->> 'note' = note)
"""


def upgrade() -> None:
    _make_snapshots()
    _make_releases()
    op.execute(RECORD_HASH)
    op.execute(FORGET_TITLES)
    op.execute(IS_RELEASED)
    op.execute(KEEP_PUBLISHED)
    op.execute(
        "create trigger keep_published before update on release for each row"
        " when (old.state = 'published') execute function keep_published()"
    )
    op.execute(OWN_HAND)
    op.execute(
        "create trigger check_own_hand before update on release for each row"
        " execute function check_own_hand()"
    )
    for table, when in (("snapshot", "insert or update"), ("release", "insert or update")):
        op.execute(
            f"create trigger record_hash after {when} on {table}"
            " for each row execute function record_hash()"
        )
    op.execute(
        "create trigger forget_titles after insert or update on retention for each row"
        " when (new.erased_at is not null and new.object = 'operation')"
        " execute function forget_titles()"
    )
    _link_what_is_published()
    _decide_who()


def _make_snapshots() -> None:
    op.create_table(
        "snapshot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("operations", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("as_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("hash = sha256(content)", name=op.f("ck_snapshot_hash_of_content")),
        sa.CheckConstraint("cardinality(operations) > 0", name=op.f("ck_snapshot_of_something")),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["operation.id"], name="fk_snapshot_subject_id_operation"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name="fk_snapshot_organisation_id_organisation",
        ),
        sa.ForeignKeyConstraint(["taken_by"], ["person.id"], name="fk_snapshot_taken_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_snapshot"),
    )
    op.create_index("ix_snapshot_taken_at_id", "snapshot", ["taken_at", "id"])
    op.create_index("ix_snapshot_subject_id", "snapshot", ["subject_id"])


def _make_releases() -> None:
    people = ("made_by", "changed_by", "approved_by", "published_by", "revision_by")
    op.create_table(
        "release",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("snapshot_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("introduction", sa.Text(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("headlines", postgresql.JSONB(), nullable=False),
        sa.Column("marking", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="draft", nullable=False),
        sa.Column(
            "made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("revision", postgresql.JSONB(), nullable=True),
        sa.Column("revision_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "marking IN ('OFFICIAL', 'OFFICIAL-SENSITIVE')", name=op.f("ck_release_marking_known")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'approved', 'published')", name=op.f("ck_release_state_known")
        ),
        sa.CheckConstraint(
            "approved_by <> made_by and approved_by <> changed_by",
            name=op.f("ck_release_four_eyes"),
        ),
        sa.CheckConstraint(
            "(state = 'draft') = (approved_by is null)"
            " and (approved_by is null) = (approved_at is null)",
            name=op.f("ck_release_approved_by_somebody"),
        ),
        sa.CheckConstraint(
            "(state = 'published') = (published_by is not null)"
            " and (published_by is null) = (published_at is null)",
            name=op.f("ck_release_published_by_somebody"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(revision, revision_at, revision_by) in (0, 3)"
            " and (revision is null or state = 'published')",
            name=op.f("ck_release_revision_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.id"], name="fk_release_snapshot_id_snapshot"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_release_organisation_id_organisation"
        ),
        *(
            sa.ForeignKeyConstraint([name], ["person.id"], name=f"fk_release_{name}_person")
            for name in people
        ),
        sa.PrimaryKeyConstraint("id", name="pk_release"),
    )
    op.create_index("ix_release_snapshot_id", "release", ["snapshot_id"])


def _link_what_is_published() -> None:
    op.add_column("published_set", sa.Column("release_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        "fk_published_set_release_id_release", "published_set", "release", ["release_id"], ["id"]
    )
    op.create_unique_constraint("uq_published_set_release_id", "published_set", ["release_id"])
    op.add_column("reported_figure", sa.Column("supersedes_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        "fk_reported_figure_supersedes_id_reported_figure",
        "reported_figure",
        "reported_figure",
        ["supersedes_id"],
        ["id"],
    )
    op.create_unique_constraint(
        "uq_reported_figure_supersedes_id", "reported_figure", ["supersedes_id"]
    )
    op.add_column("reported_figure", sa.Column("proposed_by", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        "fk_reported_figure_proposed_by_person",
        "reported_figure",
        "person",
        ["proposed_by"],
        ["id"],
    )
    scoped.keep("reported_figure", "supersedes_id proposed_by")


def _decide_who() -> None:
    for table, seen in (
        ("snapshot", SNAPSHOT_SEEN),
        ("release", RELEASE_SEEN),
        ("published_set", SET_SEEN),
    ):
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"create policy owner on {table} to current_user using (true)")
        op.execute(f"create policy seen on {table} for select to ops_application using ({seen})")
    for table, seen, made in (
        ("snapshot", SNAPSHOT_SEEN, "taken_by = actor_id()"),
        (
            "release",
            RELEASE_SEEN,
            "made_by = actor_id() and changed_by = actor_id() and state = 'draft'",
        ),
        (
            "published_set",
            SET_SEEN,
            "release_id in (select id from release where published_by = actor_id())",
        ),
    ):
        op.execute(
            f"create policy made on {table} for insert to ops_application"
            f" with check (({seen}) and ({made}))"
        )
    op.execute(
        f"create policy changed on release for update to ops_application using ({RELEASE_SEEN})"
    )
    op.execute("revoke update, delete on snapshot from ops_application")
    op.execute("revoke delete on release from ops_application")
    # What was published stays as it was published.
    op.execute("revoke update, delete on published_set, reported_figure from ops_application")
    op.execute(f"alter policy seen on reported_figure using ({FIGURE_SEEN})")
    op.execute(
        "create policy revised on reported_figure as restrictive for insert to ops_application"
        f" with check (case when supersedes_id is null and proposed_by is null"
        f" then {PUBLISHED_BY_ACTOR} else {REVISED} end)"
    )
    op.execute(
        "create policy published on change as restrictive for select to ops_application"
        f" using ({CHANGE_SEEN})"
    )


def downgrade() -> None:
    op.execute("drop policy published on change")
    op.execute(f"alter policy seen on reported_figure using ({FIGURE_SEEN_BEFORE})")
    op.execute("grant update, delete on published_set, reported_figure to ops_application")
    for policy in ("owner", "seen", "made"):
        op.execute(f"drop policy {policy} on published_set")
    op.execute("alter table published_set no force row level security")
    op.execute("alter table published_set disable row level security")
    op.execute("drop policy revised on reported_figure")
    op.execute("delete from erasure_keeps where column_name in ('supersedes_id', 'proposed_by')")
    op.drop_column("reported_figure", "proposed_by")
    op.drop_column("reported_figure", "supersedes_id")
    op.drop_column("published_set", "release_id")
    op.execute("drop trigger forget_titles on retention")
    op.drop_table("release")
    op.drop_table("snapshot")
    op.execute("drop function is_released(text, uuid)")
    op.execute("drop function keep_published()")
    op.execute("drop function check_own_hand()")
    op.execute("drop function forget_titles()")
    op.execute("drop function record_hash()")
