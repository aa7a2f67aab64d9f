"""Where people were is personal data: after some days it goes, and the log says that it did."""

import sqlalchemy as sa

# What is held for a court or a review stays until the hold is lifted. The log has who was looked
# at by their ids; where they were is nowhere else.
_FORGET = sa.text("""
with gone as (
    delete from check_in
    where received_at < now() - make_interval(days => :days)
        and not exists (select from retention_hold held
            where held.operation_id = check_in.operation_id and held.lifted_at is null)
    returning operation_id, id
), groups as (
    select jsonb_agg(part) as parts, sum(number) as number from (
        select jsonb_build_object('kind', 'check_in', 'operation', operation_id,
            'ids', jsonb_agg(id order by id)) as part, count(*) as number
        from gone group by operation_id
    ) each_operation
)
select number, log_access('erasure', 'live.forget', parts, '{}')
from groups where number is not null
""")


def forget(engine: sa.Engine, days: int) -> int:
    """Erase the check-ins that came more than so many days ago, and count them."""
    with engine.begin() as connection:
        return int(connection.scalar(_FORGET, {"days": days}) or 0)
