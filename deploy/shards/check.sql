-- Lists who leads operations on a shard that was not told of them. A coordinator believes its
-- partitions: what these lead is in every total, and not found by who asks for them alone. By an analyst.
select led_by, results
from (select led_by, count(*) as results from national.result group by led_by) each_force
where not exists (
    select from pg_inherits join pg_class on pg_class.oid = inhrelid
    where inhparent = 'national.result'::regclass
        and position(quote_literal(led_by) in pg_get_expr(relpartbound, pg_class.oid)) > 0
)
order by led_by;
