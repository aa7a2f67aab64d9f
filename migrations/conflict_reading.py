"""The functions by which the application's role reads and settles conflicts, and no other way.

Used by migration 0020 alone, which stays as it was: a new need is a new function.
"""

from alembic import op

# As the policy of deployments has it: these functions run as the owner.
SEEN = (
    "({d}.audience_id = any (open_to) or ({d}.operation_id = any (member_of)"
    " and ({d}.operation_id <> all (parts) or {d}.created_by in (select actor_colleagues())"
    " or {d}.id in (select actor_part_deployments()))))"
)
# Whom a desk looks after: its organisation and the parts of it.
ACTOR_DESK = """
create function actor_desk() returns setof uuid
language plpgsql stable parallel safe security definer rows 20
set search_path = public, pg_temp as $$
begin
    return query
    with recursive below as (
        select person.organisation_id as id from person
        where person.id = actor_id() and person.role = 'desk' and person.disabled_at is null
        union
        select organisation.id from organisation join below on organisation.parent_id = below.id
    )
    select id from below;
end
$$
"""
# One side as whoever may see it is shown it, with whom to ring.
PARTY = """
create function conflict_party(asked uuid) returns jsonb
language sql stable security definer
begin atomic
    select jsonb_build_object(
        'deployment', jsonb_build_object('id', deployed.id, 'name', deployed.name,
            'kind', deployed.kind, 'status', deployed.status,
            'starts_at', lower(deployed.during), 'ends_at', upper(deployed.during)),
        'operation', jsonb_build_object('id', whole.id, 'name', whole.name,
            'reference', whole.reference),
        'organisation', jsonb_build_object('code', organisation.code, 'name', organisation.name),
        'place', jsonb_build_object(
            'name', coalesce(site.name, area.name,
                nullif(concat_ws(', ', deployed.address, deployed.postcode), '')),
            'point', st_asgeojson(coalesce(deployed.point, site.point,
                st_pointonsurface(area.geom)), 6)::jsonb),
        'contacts', coalesce((
            select jsonb_agg(jsonb_build_object('name', person.name, 'email', person.email)
                order by person.name, person.id)
            from person where person.disabled_at is null and person.id in (
                select membership.person_id from membership
                where membership.operation_id = whole.id and membership.role = 'lead'
                    and not membership.is_break_glass and membership.during @> now()
                    and membership.revoked_at is null)), '[]'))
    from deployment deployed
    join operation whole on whole.id = deployed.operation_id
    join organisation on organisation.id = whole.organisation_id
    left join site on site.id = deployed.site_id
    left join area on area.id = deployed.area_id
    where deployed.id = asked;
end
"""
# Conflicts of deployments that the actor sees: the other side only where they see that too. Of
# one that they were not told of they see nothing at all, unless they see both.
ACTOR_CONFLICTS = f"""
create function actor_conflicts(of_operation uuid, of_deployment uuid)
returns table (id uuid, reference text, state text, operation uuid, deployment uuid,
    deployment_name text, starts_at timestamptz, ends_at timestamptz, reasons text[],
    distance_m integer, gap_minutes integer, outcome text, told text, other jsonb,
    other_operation uuid, other_deployment uuid, may_tell boolean)
language plpgsql stable security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
    open_to uuid[] := actor_organisations();
    member_of uuid[] := array(select actor_memberships());
    parts uuid[] := array(select actor_parts());
begin
    return query
    with mine as materialized (
        select deployed.* from deployment deployed
        where (of_deployment is null or deployed.id = of_deployment)
            and (of_operation is null or deployed.operation_id = of_operation)
            and exists (select from footprint where deployment_id = deployed.id)
            and {SEEN.format(d="deployed")}
    ), side as (
        select conflict.*, mine.id as mine_id, conflict.other_id as theirs_id,
            one_told_at as told_at, other_told_at as they_told_at
        from mine join conflict on conflict.one_id = mine.id
        union all
        select conflict.*, mine.id, conflict.one_id, other_told_at, one_told_at
        from mine join conflict on conflict.other_id = mine.id
    ), judged as (
        select side.*, coalesce({SEEN.format(d="theirs")}, false) as is_seen,
            theirs.operation_id as theirs_operation
        from side join deployment theirs on theirs.id = side.theirs_id
    )
    select judged.id, judged.reference, judged.state, mine.operation_id, mine.id, mine.name,
        lower(mine.during), upper(mine.during),
        case when is_seen then judged.reasons end,
        case when is_seen then judged.distance_m::integer end,
        case when is_seen then judged.gap_minutes end,
        case when judged.state = 'resolved' then judged.outcome end,
        case when judged.state = 'resolved' then judged.told end,
        case when is_seen then conflict_party(judged.theirs_id) end,
        case when is_seen then judged.theirs_operation end,
        case when is_seen then judged.theirs_id end,
        judged.state = 'open' and judged.they_told_at is null
            and actor_roles(mine.operation_id) && '{{lead,admin}}'
    from judged join mine on mine.id = judged.mine_id
    where judged.told_at is not null or judged.is_seen;
end
$$
"""  # noqa: S608 - our own words
# Conflicts that the actor's desk looks after, with both sides whole. Of one with a covert
# operation it is the desk of that operation, until the other side was told.
DESK_CONFLICTS = """
create function desk_conflicts(asked text)
returns table (id uuid, reference text, state text, reasons text[], distance_m integer,
    gap_minutes integer, found_at timestamptz, changed_at timestamptz, owner jsonb,
    outcome text, told text, note text, resolved_at timestamptz, starts_at timestamptz,
    sides jsonb, is_mine boolean, logged uuid[])
language plpgsql stable security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
    desk uuid[] := array(select actor_desk());
begin
    if desk = '{}' then
        return;
    end if;
    return query
    with judged as (
        select conflict.*, one.during as one_during, other.during as other_during,
            one.operation_id as one_operation, other.operation_id as other_operation,
            one_whole.organisation_id = any (desk) as one_in,
            other_whole.organisation_id = any (desk) as other_in,
            one_whole.visibility = 'covert' as one_covert,
            other_whole.visibility = 'covert' as other_covert
        from conflict
        join deployment one on one.id = conflict.one_id
        join deployment other on other.id = conflict.other_id
        join operation one_whole on one_whole.id = one.operation_id
        join operation other_whole on other_whole.id = other.operation_id
        where asked is null or conflict.reference = asked
    )
    select judged.id, judged.reference, judged.state, judged.reasons, judged.distance_m::integer,
        judged.gap_minutes, judged.found_at, judged.changed_at,
        (select jsonb_build_object('id', person.id, 'name', person.name) from person
            where person.id = judged.owner_id),
        judged.outcome, judged.told, judged.note, judged.resolved_at,
        least(lower(one_during), lower(other_during)),
        jsonb_build_array(
            conflict_party(judged.one_id) || jsonb_build_object(
                'is_covert', one_covert,
                'is_told', judged.one_told_at is not null),
            conflict_party(judged.other_id) || jsonb_build_object(
                'is_covert', other_covert,
                'is_told', judged.other_told_at is not null)),
        coalesce(judged.owner_id = actor_id(), false),
        -- Who reads the log of one operation must not learn of the other by it.
        array_remove(array[
            case when judged.one_told_at is not null then one_operation end,
            case when judged.other_told_at is not null then other_operation end], null)
    from judged
    where one_in and other_in
        or one_in and (one_covert or one_told_at is not null)
        or other_in and (other_covert or other_told_at is not null);
end
$$
"""
# The conflict of this reference, locked, where the actor's desk looks after it.
DESK_LOCK = """
create function desk_conflict_id(asked text) returns uuid
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    found_id uuid := (select each_one.id from desk_conflicts(asked) each_one);
begin
    perform from conflict where id = found_id for update;
    return found_id;
end
$$
"""
OWN = """
create function own_conflict(asked text, takes boolean) returns text
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    which uuid := desk_conflict_id(asked);
begin
    update conflict set owner_id = case when takes then actor_id() end where id = which;
    return (select state from conflict where id = which);
end
$$
"""
RESOLVE = """
create function resolve_conflict(asked text, how text, to_both text, for_desk text) returns text
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    which uuid := desk_conflict_id(asked);
    was conflict;
begin
    select * into was from conflict where id = which;
    if was.state is distinct from 'open' then
        return was.state;
    end if;
    update conflict set state = 'resolved', outcome = how, told = to_both, note = for_desk,
        owner_id = coalesce(owner_id, actor_id()), resolved_at = now(), resolved_by = actor_id(),
        changed_at = now()
        where id = which;
    perform tell_side(which, was.one_id, 'conflict_resolved');
    perform tell_side(which, was.other_id, 'conflict_resolved');
    return 'open';
end
$$
"""
# The desk, or whoever is in charge of the side that is kept from the other, lets the other be
# told that there is a conflict, and no more.
TELL = """
create function tell_of_conflict(asked text) returns text
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    which uuid := desk_conflict_id(asked);
    is_desk boolean := which is not null;
    before conflict;
begin
    which := coalesce(which, (
        select mine.id from actor_conflicts(null, null) mine
        where mine.reference = asked and mine.may_tell limit 1));
    select * into before from conflict where id = which for update;
    if which is null or before.state <> 'open' then
        return before.state;
    end if;
    update conflict set one_told_at = coalesce(one_told_at, case when is_desk or exists (
            select from actor_conflicts(null, before.other_id) mine
            where mine.id = which and mine.may_tell) then now() end),
        other_told_at = coalesce(other_told_at, case when is_desk or exists (
            select from actor_conflicts(null, before.one_id) mine
            where mine.id = which and mine.may_tell) then now() end)
        where id = which;
    if before.one_told_at is null then
        perform tell_side(which, before.one_id, 'conflict');
    end if;
    if before.other_told_at is null then
        perform tell_side(which, before.other_id, 'conflict');
    end if;
    return 'open';
end
$$
"""
# What a dry check finds: run as whoever asks, so that it is of what they see and no more.
CHECK = """
create function check_place(shape geometry, asked tstzrange, asked_site uuid, asked_key text,
    asked_kind text)
returns table (deployment uuid, operation uuid, reasons text[], distance_m integer)
language plpgsql stable set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
    flat geometry := metric(shape);
begin
    return query
    select near.id, near.operation_id, near.why, round(near.apart)::integer from (
        select measured.*, array_remove(array[
            case when apart <= greatest(theirs_m, mine_m) and gap <= make_interval(
                mins => greatest(theirs_minutes, mine_minutes)) then 'radius' end,
            case when gap <= make_interval(days => DAYS) and site_id = asked_site
                then 'site' end,
            case when gap <= make_interval(days => DAYS)
                and address_key(address, postcode) = asked_key then 'address' end
            ], null) as why
        from (
            select deployed.id, deployed.operation_id, deployed.site_id, deployed.address,
                deployed.postcode,
                st_distance(metric(coalesce(deployed.point, site.point, area.geom)), flat) as apart,
                greatest(lower(deployed.during) - upper(asked),
                    lower(asked) - upper(deployed.during), interval '0') as gap,
                coalesce(rule.radius_m, RADIUS) as theirs_m,
                coalesce(rule.minutes, MINUTES) as theirs_minutes,
                coalesce(own.radius_m, RADIUS) as mine_m,
                coalesce(own.minutes, MINUTES) as mine_minutes
            from deployment deployed
            join operation whole on whole.id = deployed.operation_id
            left join site on site.id = deployed.site_id
            left join area on area.id = deployed.area_id
            left join lateral (
                select * from deconfliction_rule each_rule
                where coalesce(each_rule.kind, deployed.kind) = deployed.kind
                    and coalesce(each_rule.marking, whole.marking) = whole.marking
                order by each_rule.kind is null, each_rule.marking is null limit 1
            ) rule on true
            left join lateral (
                select * from deconfliction_rule each_rule
                where coalesce(each_rule.kind, asked_kind) = asked_kind
                    and each_rule.marking is null
                order by each_rule.kind is null limit 1
            ) own on true
            where deployed.during && tstzrange(lower(asked) - make_interval(days => DAYS),
                    upper(asked) + make_interval(days => DAYS))
                and deployed.status not in ('finished', 'cancelled')
                and whole.status not in ('closed', 'reviewed')
        ) measured
    ) near
    where near.why <> '{}'
    order by near.apart, near.id
    limit 100;
end
$$
"""
FUNCTIONS = (
    ("actor_desk()", ACTOR_DESK),
    ("conflict_party(uuid)", PARTY),
    ("actor_conflicts(uuid, uuid)", ACTOR_CONFLICTS),
    ("desk_conflicts(text)", DESK_CONFLICTS),
    ("desk_conflict_id(text)", DESK_LOCK),
    ("own_conflict(text, boolean)", OWN),
    ("resolve_conflict(text, text, text, text)", RESOLVE),
    ("tell_of_conflict(text)", TELL),
    ("check_place(geometry, tstzrange, uuid, text, text)", CHECK),
)
# These name a conflict or a deployment that the caller need not see.
INNER = ("conflict_party(uuid)", "desk_conflict_id(text)")


def read(radius_m: int, minutes: int, same_days: int) -> None:
    """Let the application's role read what it may of conflicts, and settle them."""
    for _, statement in FUNCTIONS:
        op.execute(
            statement.replace("RADIUS", str(radius_m))
            .replace("MINUTES)", f"{minutes})")
            .replace("DAYS", str(same_days))
        )
    for function in INNER:
        op.execute(f"revoke execute on function {function} from public")


def read_no_more() -> None:
    """Undo this."""
    for function, _ in reversed(FUNCTIONS):
        op.execute(f"drop function {function}")
