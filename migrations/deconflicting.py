"""The tables' functions and triggers that find deployments in conflict, and who is told of it.

Used by migration 0020 alone, which stays as it was: a new need is a new function.
"""

from alembic import op

# What holds until the desk sets a rule; and any number that no other lock uses.
RADIUS_M, MINUTES, SAME_DAYS = 300, 60, 28
LOCK = 2_718_281_828

# A postcode with the numbers before the street says the same however the rest is written;
# without the one or the other, the whole text does, with the usual abbreviations written out.
ADDRESS_KEY = r"""
create function address_key(address text, postcode text) returns text
language sql immutable parallel safe as $$
    with said as (
        select nullif(upper(regexp_replace(coalesce(postcode, ''), '[^[:alnum:]]', '', 'g')), '')
                as code,
            trim(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
                lower(coalesce(address, '')), '[^[:alnum:]]+', ' ', 'g'),
                '\mst\M', 'street', 'g'), '\mrd\M', 'road', 'g'), '\mave?\M', 'avenue', 'g'),
                '\mln\M', 'lane', 'g')) as words
    ), parts as (
        select code, words,
            array_to_string(array(select found[1] from
                regexp_matches(words, '\m(\d+[a-z]?)\M', 'g') found), ' ') as numbers
        from said
    )
    select case when words = '' then null
        when code is not null and numbers <> '' then code || ' ' || numbers
        when code is not null then code || ' ' || words
        else words end
    from parts
$$
"""
# In metres of the National Grid; what lies beyond it is compared by what it names alone.
METRIC = """
create function metric(shape geometry) returns geometry language sql immutable parallel safe as $$
    select case when shape @ st_makeenvelope(-12, 48, 5, 63, 4326)
        then st_transform(shape, 27700) end
$$
"""
# What is compared, kept beside each deployment: nobody but these functions reads it.
KEEP = (
    """
create function keep_footprints(ids uuid[]) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into footprint (deployment_id, operation_id, counts, during, shape, site_id,
        line_keys, address_key, radius_m, minutes, same_days, tells)
    select deployed.id, deployed.operation_id,
        deployed.status not in ('finished', 'cancelled')
            and whole.status not in ('closed', 'reviewed'),
        deployed.during,
        metric(coalesce(deployed.point, site.point, area.geom)),
        deployed.site_id,
        case when deployed.line_id is not null then array(
            select deployed.line_id::text
            union select number from line_number where result_id = deployed.line_id
        ) end,
        address_key(deployed.address, deployed.postcode),
        coalesce(rule.radius_m, RADIUS), coalesce(rule.minutes, MINUTES),
        coalesce(rule.same_days, DAYS),
        whole.visibility <> 'covert' or coalesce(rule.tells_of_covert, false)
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
    where deployed.id = any (ids)
    on conflict (deployment_id) do update set counts = excluded.counts,
        during = excluded.during, shape = excluded.shape, site_id = excluded.site_id,
        line_keys = excluded.line_keys, address_key = excluded.address_key,
        radius_m = excluded.radius_m, minutes = excluded.minutes,
        same_days = excluded.same_days, tells = excluded.tells;
end
$$
""".replace("RADIUS", str(RADIUS_M))
    .replace("MINUTES)", f"{MINUTES})")
    .replace("DAYS", str(SAME_DAYS))
)
# All that these are in conflict with, whoever may see it. The wider rule of the two holds, so
# that it is the same from either side.
FIND = """
create function find_conflicts(ids uuid[])
returns table (one_id uuid, other_id uuid, reasons text[], distance_m numeric, gap_minutes integer,
    basis text)
language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
    widest integer;
    longest interval;
begin
    select greatest(max(rule.radius_m), RADIUS), make_interval(mins =>
        greatest(max(rule.minutes), MINUTES)) into widest, longest from deconfliction_rule rule;
    return query
    with candidate as (
        select mine.deployment_id as a, theirs.deployment_id as b
        from footprint mine join footprint theirs on theirs.counts
            and theirs.operation_id <> mine.operation_id
            and theirs.during && tstzrange(
                lower(mine.during) - longest, upper(mine.during) + longest, '[]')
            and theirs.shape && st_expand(mine.shape, widest)
        where mine.deployment_id = any (ids) and mine.counts
        union
        select mine.deployment_id, theirs.deployment_id
        from footprint mine join footprint theirs on theirs.counts
            and theirs.operation_id <> mine.operation_id and theirs.site_id = mine.site_id
        where mine.deployment_id = any (ids) and mine.counts and mine.site_id is not null
        union
        select mine.deployment_id, theirs.deployment_id
        from footprint mine join footprint theirs on theirs.counts
            and theirs.operation_id <> mine.operation_id and theirs.line_keys && mine.line_keys
        where mine.deployment_id = any (ids) and mine.counts and mine.line_keys is not null
        union
        select mine.deployment_id, theirs.deployment_id
        from footprint mine join footprint theirs on theirs.counts
            and theirs.operation_id <> mine.operation_id and theirs.address_key = mine.address_key
        where mine.deployment_id = any (ids) and mine.counts and mine.address_key is not null
    ), pair as (
        select distinct least(a, b) as a, greatest(a, b) as b from candidate
    ), measured as (
        select first.deployment_id as a, second.deployment_id as b, first, second,
            st_distance(first.shape, second.shape) as apart,
            greatest(lower(second.during) - upper(first.during),
                lower(first.during) - upper(second.during), interval '0') as gap
        from pair
        join footprint first on first.deployment_id = pair.a
        join footprint second on second.deployment_id = pair.b
    ), judged as (
        select measured.*, array_remove(array[
            case when apart <= greatest((first).radius_m, (second).radius_m)
                and gap <= make_interval(mins => greatest((first).minutes, (second).minutes))
                then 'radius' end,
            case when near_enough and (first).site_id = (second).site_id then 'site' end,
            case when near_enough and (first).line_keys && (second).line_keys then 'line' end,
            case when near_enough and (first).address_key = (second).address_key
                then 'address' end
        ], null) as why
        from measured cross join lateral (select gap <= make_interval(
            days => greatest((first).same_days, (second).same_days)) as near_enough) times
    )
    select a, b, why, round(apart::numeric), ceil(extract(epoch from gap) / 60)::integer,
        md5(concat_ws('|', (first).during, md5(st_asbinary((first).shape)), (first).site_id,
            (first).line_keys, (first).address_key, (second).during,
            md5(st_asbinary((second).shape)), (second).site_id, (second).line_keys,
            (second).address_key))
    from judged where why <> '{}' order by a, b;
end
$$
""".replace("RADIUS", str(RADIUS_M)).replace("MINUTES)", f"{MINUTES})")
# Tells the leads of one side, in words that say nothing of the other.
TELL_SIDE = """
create function tell_side(asked uuid, side uuid, what text) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into alert (id, person_id, operation_id, reference, kind, said, reason)
    select gen_random_uuid(), told.person_id, deployed.operation_id, conflict.reference, what,
        deployed.name, case what when 'conflict_resolved' then conflict.told end
    from conflict
    join deployment deployed on deployed.id = side
    join lateral (
        select distinct person_id from membership
        where operation_id = deployed.operation_id and role = 'lead' and not is_break_glass
            and membership.during @> now() and revoked_at is null
    ) told on true
    where conflict.id = asked
        and case side when conflict.one_id then conflict.one_told_at
            else conflict.other_told_at end is not null;
end
$$
"""
# One at a time: each sees what the one before it has committed, so that of two deployments
# saved at once the later finds the earlier. It runs as the last thing before a commit, when no
# lock is waited for any more.
DECONFLICT = """
create function deconflict(ids uuid[]) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    pair record;
    kept conflict;
    told conflict;
    found_ids uuid[] := '{}';
    is_news boolean;
    tells_one boolean;
    tells_other boolean;
    code text;
begin
    perform pg_advisory_xact_lock(LOCK);
    perform keep_footprints(ids);
    for pair in select * from find_conflicts(ids) loop
        select tells into tells_other from footprint where deployment_id = pair.one_id;
        select tells into tells_one from footprint where deployment_id = pair.other_id;
        select conflict.* into kept from conflict
            where one_id = pair.one_id and other_id = pair.other_id;
        is_news := kept.id is null or kept.state = 'gone'
            or kept.state = 'resolved' and kept.basis <> pair.basis;
        if kept.id is null then
            loop
                code := upper(replace(gen_random_uuid()::text, '-', ''));
                code := 'DC-' || left(code, 4) || '-' || substr(code, 5, 4);
                exit when not exists (select from conflict where reference = code);
            end loop;
            insert into conflict (id, reference, one_id, other_id, reasons, distance_m,
                gap_minutes, basis)
            values (gen_random_uuid(), code, pair.one_id, pair.other_id, pair.reasons,
                pair.distance_m, pair.gap_minutes, pair.basis)
            returning * into kept;
        elsif is_news or kept.basis <> pair.basis or kept.reasons <> pair.reasons then
            update conflict set reasons = pair.reasons, distance_m = pair.distance_m,
                gap_minutes = pair.gap_minutes, basis = pair.basis,
                state = case when is_news then 'open' else state end,
                changed_at = case when is_news then now() else changed_at end
            where id = kept.id;
        end if;
        found_ids := found_ids || kept.id;
        -- Once told, a side stays told: what it knows is not taken back.
        update conflict set
            one_told_at = coalesce(one_told_at, case when tells_one then now() end),
            other_told_at = coalesce(other_told_at, case when tells_other then now() end)
        where id = kept.id returning * into told;
        if told.state = 'open' and (is_news or told.one_told_at is distinct from kept.one_told_at)
        then
            perform tell_side(kept.id, pair.one_id, 'conflict');
        end if;
        if told.state = 'open'
            and (is_news or told.other_told_at is distinct from kept.other_told_at)
        then
            perform tell_side(kept.id, pair.other_id, 'conflict');
        end if;
    end loop;
    for kept in
        update conflict set state = 'gone', changed_at = now()
        where state = 'open' and (one_id = any (ids) or other_id = any (ids))
            and id <> all (found_ids)
        returning *
    loop
        perform tell_side(kept.id, kept.one_id, 'conflict_gone');
        perform tell_side(kept.id, kept.other_id, 'conflict_gone');
    end loop;
end
$$
""".replace("LOCK", str(LOCK))
CHANGED = """
create function deconflict_changed() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    ids uuid[];
begin
    case tg_table_name
        when 'deployment' then ids := array[new.id];
        when 'area' then ids := array(select id from deployment where area_id = new.id);
        when 'site' then ids := array(select id from deployment where site_id = new.id);
        when 'line_number' then
            ids := array(select id from deployment where line_id = new.result_id);
        when 'operation' then
            ids := array(select id from deployment where operation_id = new.id);
        -- A rule: of all that is still to come.
        else ids := array(select deployment_id from footprint where counts);
    end case;
    if cardinality(ids) > 0 then
        perform deconflict(ids);
    end if;
    return null;
end
$$
"""
# Whatever way it is written: what a conflict hangs on, and when it is looked at again.
WATCHED = {
    "deployment": (
        "during",
        "site_id",
        "area_id",
        "point",
        "status",
        "kind",
        "address",
        "postcode",
        "line_id",
    ),
    "area": ("geom",),
    "site": ("point",),
    "operation": ("status", "marking", "visibility"),
    "deconfliction_rule": ("radius_m", "minutes", "same_days", "tells_of_covert"),
}
ADDED = ("deployment", "deconfliction_rule", "line_number")
# What the desk did to a conflict is history; who may read it is nobody who may not see both.
RECORD = """
create function record_conflict() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into change (actor, operation_id, object, object_id, before, after) values (
        nullif(current_setting('ops.actor', true), '')::uuid,
        (select operation_id from footprint where deployment_id = new.one_id),
        'conflict', new.id,
        case when tg_op = 'UPDATE' then jsonb_build_object('state', old.state,
            'owner_id', old.owner_id, 'outcome', old.outcome, 'told', old.told,
            'note', old.note) end,
        jsonb_build_object('state', new.state, 'owner_id', new.owner_id,
            'outcome', new.outcome, 'told', new.told, 'note', new.note));
    return null;
end
$$
"""
WRITERS = (
    "keep_footprints(uuid[])",
    "find_conflicts(uuid[])",
    "tell_side(uuid, uuid, text)",
    "deconflict(uuid[])",
)


def find() -> None:
    """Look for conflicts whenever what one hangs on is written."""
    for statement in (ADDRESS_KEY, METRIC, KEEP, FIND, TELL_SIDE, DECONFLICT, CHANGED, RECORD):
        op.execute(statement)
    for function in WRITERS:
        op.execute(f"revoke execute on function {function} from public")
    for table, columns in WATCHED.items():
        was = ", ".join(f"old.{column}" for column in columns)
        is_now = ", ".join(f"new.{column}" for column in columns)
        op.execute(
            f"create constraint trigger deconflict_changed after update on {table}"
            " deferrable initially deferred for each row"
            f" when (({was}) is distinct from ({is_now})) execute function deconflict_changed()"
        )
    for table in ADDED:
        op.execute(
            f"create constraint trigger deconflict_added after insert on {table}"
            " deferrable initially deferred for each row execute function deconflict_changed()"
        )
    op.execute(
        "create trigger record_conflict after insert or"
        " update of state, owner_id, outcome, told, note on conflict"
        " for each row execute function record_conflict()"
    )
    op.execute(
        "create policy of_both on change as restrictive for select to ops_application"
        " using (object <> 'conflict')"
    )


def find_no_more() -> None:
    """Undo this."""
    op.execute("drop policy of_both on change")
    op.execute("drop trigger record_conflict on conflict")
    for table in ADDED:
        op.execute(f"drop trigger deconflict_added on {table}")
    for table in WATCHED:
        op.execute(f"drop trigger deconflict_changed on {table}")
    functions = ("record_conflict()", "deconflict_changed()", *reversed(WRITERS))
    for function in (*functions, "metric(geometry)", "address_key(text, text)"):
        op.execute(f"drop function {function}")
