"""The functions and triggers that find records which may be one thing logged twice.

Used by migration 0016, which stays as it was, and by those that put another in the place of one.
"""

import dataclasses
from collections.abc import Mapping, Sequence

from alembic import op


@dataclasses.dataclass(frozen=True)
class Look:
    """What makes two records of a kind look like one.

    `references`, the strongest first, are what no two records share by chance; the same one
    farther apart than its time is another thing (a person is arrested again), and so is one
    beside a stronger one that differs. `beside` must be the same too where a reference alone
    says too little. `alike` must be the same in two that happened close together.
    """

    references: Mapping[str, str | None] = dataclasses.field(default_factory=dict)
    alike: Sequence[str] = ()
    beside: Mapping[str, Sequence[str]] = dataclasses.field(default_factory=dict)


TALLY = ("numbers", "qualifiers")
LOOKS = {
    "arrest": Look({"custody_ref": None, "person_ref": "1 day"}, ("reason", "age_band", "sex")),
    "seizure": Look(
        {"exhibit_ref": "30 days", "seal": None},
        ("category", "drug", "weapon", "vehicle", "counterfeit", "quantity", "unit"),
    ),
    "warrant": Look({"reference": "90 days"}, ("power",)),
    "deal_line": Look({}, ("name", "exporter_area")),
    "line_closure": Look({"line_id": None, "line_name": None}, ("type",)),
    "line_change": Look(
        {"line_id": "1 day"}, ("change", "line_name"), {"line_id": ("change", "name")}
    ),
    "search": Look(
        {}, ("type", "site_id", "age_band", "sex", "ethnicity", "find_codes", "dry_reason", *TALLY)
    ),
    "safeguarding": Look(
        {"person_ref": "1 day"}, ("actions", *TALLY), {"person_ref": ("actions",)}
    ),
    "court_order": Look(
        {"subject_ref": "30 days"},
        ("order_type", "subject", "age_group"),
        {"subject_ref": ("order_type", "interim")},
    ),
    "order_breach": Look(
        {"subject_ref": "1 day"},
        ("order_type", "order_id", "age_group", "breaches"),
        {"subject_ref": ("order_type",)},
    ),
    "engagement": Look({}, ("activity", "audience", *TALLY)),
    "disruption": Look(
        {"target_ref": "1 day"},
        ("four_p", "level_claimed", "target"),
        {"target_ref": ("four_p", "target")},
    ),
    "premises_closure": Look(
        {"premises_key": "30 days"}, ("closure", "trade"), {"premises_key": ("closure",)}
    ),
    "resource": Look({}, ("role", "supplied_by", *TALLY)),
    "partner_action": Look(
        {"premises_key": "1 day"},
        ("action", "partner", "about", "number", "unit"),
        {"premises_key": ("action", "about")},
    ),
}
# How far apart two people may log one thing, and one person by pressing twice.
MINUTES, METRES, TWICE = 30, 150, 2
# What holds the metres at any latitude of these islands, so that the index serves.
DEGREES = 0.004
# Each record is paired with so many for a reason, out of the first so many that may fit: a
# back-log of one moment must not be compared each with each.
PAIRED, LOOKED_AT = 5, 200

REFERENCE = """
select mine.result_id as one, other.result_id as another, '{column}' as reason
from {table} mine
join result this on this.id = mine.result_id
cross join lateral (
    select found.result_id from (
        select other.result_id, other.operation_id
        from {table} other
        join result that on that.id = other.result_id and that.status <> 'struck' {within}
        where other.{column} = mine.{column} and other.result_id <> mine.result_id and {alike}
        limit {looked_at}
    ) found
    order by found.operation_id <> mine.operation_id, found.result_id limit {paired}
) other
where mine.result_id = any (ids)
"""
NUMBER = """
select mine.result_id as one, other.result_id as another, 'number' as reason
from line_number mine
cross join lateral (
    select found.result_id from (
        select other.result_id, other.operation_id
        from line_number other
        join result that on that.id = other.result_id and that.status <> 'struck'
        where other.number = mine.number and other.result_id <> mine.result_id
        limit {looked_at}
    ) found
    order by found.operation_id <> mine.operation_id, found.result_id limit {paired}
) other
where mine.result_id = any (ids)
"""
NAME = REFERENCE.replace("other.{column} = mine.{column}", "lower(other.name) = lower(mine.name)")
# First among those of its own operation, then among those of others that were near it.
NEAR = """
select mine.result_id as one, other.result_id as another, 'near' as reason
from {table} mine
join result this on this.id = mine.result_id
cross join lateral (
    (select other.result_id, 1 as turn
    from (
        select * from result
        where operation_id = this.operation_id and kind = this.kind and id <> this.id
            and status <> 'struck' and occurred_at between
                this.occurred_at - interval '{minutes} minutes'
                and this.occurred_at + interval '{minutes} minutes'
        limit {looked_at}
    ) that
    join {table} other on other.result_id = that.id
    where {alike} and case when that.recorded_by = this.recorded_by
        then that.occurred_at between this.occurred_at - interval '{twice} minutes'
                and this.occurred_at + interval '{twice} minutes'
            and that.note is not distinct from this.note
            and to_jsonb(mine) - 'result_id' = to_jsonb(other) - 'result_id'
            and coalesce(st_dwithin(that.point::geography, this.point::geography, {metres}),
                that.point is null and this.point is null)
        else coalesce(
            st_dwithin(that.point::geography, this.point::geography, {metres}),
            that.deployment_id = this.deployment_id)
        end
    limit {paired})
    union all
    (select other.result_id, 2
    from (
        select * from result
        where kind = this.kind and operation_id <> this.operation_id
            and point && st_expand(this.point, {degrees}) and recorded_by <> this.recorded_by
            and status <> 'struck' and occurred_at between
                this.occurred_at - interval '{minutes} minutes'
                and this.occurred_at + interval '{minutes} minutes'
        limit {looked_at}
    ) that
    join {table} other on other.result_id = that.id
    where {alike} and st_dwithin(that.point::geography, this.point::geography, {metres})
    limit {paired})
    order by turn limit {paired}
) other
where mine.result_id = any (ids)
"""
FIND = """
create function find_doubles_{table}(ids uuid[]) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into likely_double (id, result_id, other_id, reasons)
    select gen_random_uuid(), least(one, another), greatest(one, another),
        array_agg(distinct reason order by reason)
    from ({branches}) found
    group by 2, 3
    on conflict (result_id, other_id) do update
        set reasons = array(
            select distinct unnest(likely_double.reasons || excluded.reasons) order by 1)
        where not likely_double.reasons @> excluded.reasons;
end
$$
"""
ADDED = """
create function doubles_of_added() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    ids uuid[] := array(select distinct result_id from added);
begin
    -- Nobody logs so many at once: a whole database is being filled, and each would be
    -- compared with all that are like it.
    if cardinality(ids) <= MOST then
        execute format('select find_doubles_%I($1)', tg_argv[0]) using ids;
    end if;
    return null;
end
$$
""".replace("MOST", "1000")
CHANGED = """
create function doubles_of_changed() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    execute format('select find_doubles_%I($1)', tg_argv[0]) using array[new.result_id];
    return null;
end
$$
"""


def find() -> None:
    """Look for doubles whenever a record of any kind is added, or a reference of it changes."""
    for statement in (ADDED, CHANGED):
        op.execute(statement)
    for table, look in LOOKS.items():
        op.execute(_function(table, look, NEAR))
        op.execute(f"revoke execute on function find_doubles_{table}(uuid[]) from public")
        _call(table, table)
        if look.references:
            was = " or ".join(f"old.{name} is distinct from new.{name}" for name in look.references)
            op.execute(
                f"create trigger doubles_of_changed after update of {', '.join(look.references)}"
                f" on {table} for each row when ({was})"
                f" execute function doubles_of_changed('{table}')"
            )
    _call("line_number", "deal_line")


def replace(near: str) -> None:
    """Look among what was near by another statement; planned once, whichever the records."""
    for table, look in LOOKS.items():
        op.execute(_function(table, look, near).replace("create", "create or replace", 1))
        op.execute(f"alter function find_doubles_{table} set plan_cache_mode = force_generic_plan")


def find_no_more() -> None:
    """Undo this."""
    op.execute("drop trigger doubles_of_added on line_number")
    for table, look in LOOKS.items():
        op.execute(f"drop trigger doubles_of_added on {table}")
        if look.references:
            op.execute(f"drop trigger doubles_of_changed on {table}")
        op.execute(f"drop function find_doubles_{table}(uuid[])")
    op.execute("drop function doubles_of_added()")
    op.execute("drop function doubles_of_changed()")


def _call(table: str, kind: str) -> None:
    op.execute(
        f"create trigger doubles_of_added after insert on {table} referencing new table as added"
        f" for each statement execute function doubles_of_added('{kind}')"
    )


def _function(table: str, look: Look, near: str) -> str:
    return FIND.format(table=table, branches=" union all ".join(_branches(table, look, near)))


def _branches(table: str, look: Look, nearby: str) -> list[str]:
    names = list(look.references)
    limits = {"paired": PAIRED, "looked_at": LOOKED_AT}
    branches = []
    for number, (column, apart) in enumerate(look.references.items()):
        same = [_same(name) for name in look.beside.get(column, ())]
        within = apart and (
            f"and that.occurred_at between this.occurred_at - interval '{apart}'"
            f" and this.occurred_at + interval '{apart}'"
        )
        alike = " and ".join([*same, *map(_unsaid_or_same, names[:number])]) or "true"
        branches.append(
            REFERENCE.format(table=table, column=column, within=within or "", alike=alike, **limits)
        )
    if table == "deal_line":
        branches.append(NUMBER.format(**limits))
        branches.append(
            NAME.format(table=table, column="line_name", within="", alike="true", **limits)
        )
    alike = " and ".join([*map(_same, look.alike), *map(_unsaid_or_same, names)])
    near = {"minutes": MINUTES, "metres": METRES, "twice": TWICE, "degrees": DEGREES}
    return [*branches, nearby.format(table=table, alike=alike, **near, **limits)]


def _same(name: str) -> str:
    return f"mine.{name} is not distinct from other.{name}"


def _unsaid_or_same(name: str) -> str:
    return f"coalesce(mine.{name} = other.{name}, true)"
