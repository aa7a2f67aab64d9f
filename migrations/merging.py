"""The functions that say which of two records may stay, and merge what lies beside them.

They run as the owner: a merge moves what rests on a record also where whoever merges doesn't
see it, and tells nothing of it. Used by migration 0016 alone, which stays as it was.
"""

from alembic import op

# Who may see a result, but for those who see whatever is open to one organisation.
SEERS = """
create function seers_of(asked uuid, beside uuid) returns setof uuid
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
    return query
    select person.id
    from result
    join organisation_line line on line.sees_id = result.audience_id
    join person on person.organisation_id = line.organisation_id
    where result.id = asked and person.disabled_at is null
        and result.audience_id is distinct from beside
    union
    select person.id
    from result
    join membership on membership.operation_id = result.operation_id
    join person on person.id = membership.person_id
    join person recorder on recorder.id = result.recorded_by
    where result.id = asked and person.disabled_at is null
        and membership.during @> now() and membership.revoked_at is null
        and (membership.role <> 'partner' or person.organisation_id = recorder.organisation_id)
        and not exists (select from organisation_line line
            where line.organisation_id = person.organisation_id and line.sees_id = beside);
end
$$
"""
# Only the one stays that no fewer people see: the others would lose a figure, and be told that
# there is something they don't see.
MAY_STAY = """
create function may_stay(asked uuid, other uuid) returns boolean
language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
    shared uuid := shared_audience(asked, other);
begin
    return openness(asked) > openness(other) or openness(asked) = openness(other)
        and (select count(*) from seers_of(asked, shared))
            >= (select count(*) from seers_of(other, shared));
end
$$
"""
# Whether whoever sees the one may know what the other says.
MAY_TELL = """
create function may_tell(asked uuid, other uuid) returns boolean
language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
    shared uuid := shared_audience(asked, other);
begin
    return not exists (select seers_of(asked, shared) except select seers_of(other, shared));
end
$$
"""
SHARED = """
create function shared_audience(asked uuid, other uuid) returns uuid
language sql stable security definer set search_path = public, pg_temp as $$
    select mine.audience_id
    from result mine join result theirs on theirs.audience_id = mine.audience_id
    where mine.id = asked and theirs.id = other
$$
"""
OPENNESS = """
create function openness(asked uuid) returns integer
language sql stable security definer set search_path = public, pg_temp as $$
    select array_position('{covert,restricted,open}'::text[], operation.visibility)
    from result join operation on operation.id = result.operation_id where result.id = asked
$$
"""
# Lets the record that stays count for what the other counted for, and whatever names the other
# name it. Nobody is told of more than they see: the new version comes whether or not there is
# something hidden to credit, and without the reason where that would tell of the other record.
MERGE = """
create function merge_records(kept uuid, gone uuid, is_confirmed boolean) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    stays result := (select result from result where id = kept);
    goes result := (select result from result where id = gone);
    why text := current_setting('ops.reason', true);
    is_told boolean := may_tell(kept, gone);
    part record;
    ids uuid[];
    -- Not even what is hidden is written to once it was erased.
    STANDING constant text := 'not exists (select from retention where erased_at is not null'
        ' and object_id in (row_of.result_id, row_of.operation_id))';
begin
    if not coalesce(actor_roles(stays.operation_id) && '{admin,lead}'
            and actor_roles(goes.operation_id) && '{admin,lead}', false) then
        raise insufficient_privilege using message = 'these records are not theirs to merge';
    end if;
    if stays.kind <> goes.kind or not may_stay(kept, gone) then
        raise check_violation using
            constraint = 'ck_likely_double_keeps_the_wider', message = 'fewer people see this one';
    end if;
    perform set_config('ops.reason', case when is_told then why else '' end, true);
    update result set version = version + 1 where id = kept;
    insert into credit (result_id, operation_id)
    select kept, operation_id from (
        (select goes.operation_id
        union select credit.operation_id from credit
            where result_id = gone and withdrawn_at is null)
        except select credit.operation_id from credit
            where result_id = kept and withdrawn_at is null
        except select stays.operation_id
        order by 1
    ) owed (operation_id);
    if is_told then
        insert into custody_event (id, result_id, step, at, from_holder, to_holder, place, seal,
            note, entered_at, entered_by)
        select uuid7(clock_timestamp()), kept, step, at, from_holder, to_holder, place, seal,
            note, entered_at, entered_by
        from custody_event event
        where result_id = gone and struck_at is null
            and not exists (select from custody_event own
                where own.result_id = kept and own.struck_at is null
                    and (own.step, own.at, own.from_holder, own.to_holder, own.seal)
                        is not distinct from
                        (event.step, event.at, event.from_holder, event.to_holder, event.seal))
        order by at, entered_at, id;
    end if;
    if is_told and is_confirmed then
        -- From now on it stands for this one: what was known before stays as it was known.
        insert into confirmation (id, result_id, how, confirmed_at, confirmed_by, note)
        select uuid7(clock_timestamp()), kept, how, now(), confirmed_by,
            concat_ws(' ', note, 'Confirmed on ' || to_char(
                timezone('Europe/London', confirmed_at), 'FMDD FMMonth YYYY')
                || ' as the record that this one was merged with.')
        from confirmation given
        where result_id = gone and withdrawn_at is null and confirmed_by <> stays.recorded_by
            and not exists (select from confirmation own where own.result_id = kept
                and own.how = given.how and own.withdrawn_at is null)
        order by confirmed_at, id;
        update result set status = 'confirmed', confirmed_at = first.confirmed_at,
            confirmed_by = first.confirmed_by
        from (select confirmed_at, confirmed_by from confirmation
            where result_id = kept and withdrawn_at is null order by confirmed_at, id limit 1) first
        where result.id = kept and result.status = 'recorded';
    end if;
    perform set_config(
        'ops.reason', 'What it names was merged with the same thing logged again.', true);
    for part in
        select owner.relname as naming, own.attname as by_column
        from pg_constraint tie
        join pg_class owner on owner.oid = tie.conrelid
        join pg_attribute own on own.attrelid = tie.conrelid and own.attnum = tie.conkey[1]
        join pg_attribute named on named.attrelid = tie.confrelid
            and named.attnum = tie.confkey[1]
        where tie.contype = 'f' and cardinality(tie.conkey) = 1
            and named.attname = 'result_id' and own.attname <> 'result_id'
        order by 1, 2
    loop
        execute format('select array(select result_id from %1$I row_of where %2$I = $1 and '
            || STANDING || ')', part.naming, part.by_column) into ids using gone;
        perform from result where id = any (ids) order by id for update;
        -- What lay in the other now lies in what that lay in, if it is the one that stays.
        execute format('update %1$I set %2$I = case when result_id = $1'
            ' then (select %2$I from %1$I where result_id = $2) else $1 end'
            ' where %2$I = $2 and result_id = any ($3)', part.naming, part.by_column)
            using kept, gone, ids;
        update result set version = version + 1 where id = any (ids) and id not in (kept, gone);
    end loop;
    perform set_config('ops.reason', coalesce(why, ''), true);
end
$$
"""
# In the ledger stands that it was decided, and not in whose words: those are beside the records.
RECORD_DECISION = """
create function record_decision() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into change (actor, operation_id, object, object_id, after) values (
        actor_id(), operation_of('result', new.result_id), tg_table_name, new.id,
        jsonb_build_object('decision', new.decision, 'kept_id', new.kept_id));
    return null;
end
$$
"""
FUNCTIONS = {
    "seers_of(uuid, uuid)": SEERS,
    "shared_audience(uuid, uuid)": SHARED,
    "openness(uuid)": OPENNESS,
    "may_stay(uuid, uuid)": MAY_STAY,
    "may_tell(uuid, uuid)": MAY_TELL,
    "merge_records(uuid, uuid, boolean)": MERGE,
    "record_decision()": RECORD_DECISION,
}
# A pair is no less about the second of its records.
ERASE_RESULTS = """
create or replace function erase_results(ids uuid[]) returns jsonb
language plpgsql set search_path = public, pg_temp as $$
declare
    gone jsonb := '{}';
    part name;
begin
    for part in
        select relname from pg_class join pg_attribute on attrelid = pg_class.oid
        where relnamespace = 'public'::regnamespace and relkind = 'r' and attname = 'result_id'
        order by relname
    loop
        gone := gone || jsonb_build_object(part, hollow(part, 'result_id', ids)PAIRS);
    end loop;
    return gone || jsonb_build_object('result', hollow('result', 'id', ids));
end
$$
"""
PAIRS = (
    "\n            + case part when 'likely_double' then hollow(part, 'other_id', ids) else 0 end"
)


def merge() -> None:
    """Let records be merged, the decision be filed, and a pair go with either of its records."""
    for signature, function in FUNCTIONS.items():
        op.execute(function)
        op.execute(f"revoke execute on function {signature} from public")
    op.execute(
        "grant execute on function may_stay(uuid, uuid), may_tell(uuid, uuid),"
        " merge_records(uuid, uuid, boolean) to ops_application"
    )
    op.execute(
        "create trigger record_decision after update of decision on likely_double"
        " for each row execute function record_decision()"
    )
    # Who sees one of the two learns nothing of the other.
    op.execute(
        "create policy pair on change as restrictive for select to ops_application using"
        " (object <> 'likely_double'"
        " or exists (select from likely_double where likely_double.id = object_id))"
    )
    op.execute(ERASE_RESULTS.replace("PAIRS", PAIRS))


def merge_no_more() -> None:
    """Undo this."""
    op.execute(ERASE_RESULTS.replace("PAIRS", ""))
    op.execute("drop policy pair on change")
    op.execute("drop trigger record_decision on likely_double")
    for signature in reversed(FUNCTIONS):
        op.execute(f"drop function {signature}")
