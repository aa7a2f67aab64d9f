-- Adds a shard to the coordinator, by its superuser and in one transaction:
--   psql --single-transaction --set ON_ERROR_STOP=1 --set shard=gmp --set host=… --set port=5432 \
--     --set dbname=ops --set sslmode=verify-full --set organisations=GMP,GMP-N \
--     --set login=ops_analyst_… --file shard.sql
-- The login is one that `ops analyst add` made on the shard, its password in OPS_SHARD_PASSWORD:
-- the columns are read as it, and then it is forgotten. The organisations are those that lead
-- operations there; each is on one shard alone.
\getenv password OPS_SHARD_PASSWORD
create server :"shard" foreign data wrapper postgres_fdw options (
    host :'host', port :'port', dbname :'dbname', sslmode :'sslmode',
    -- What PostGIS works out, it works out there.
    extensions 'postgis', use_remote_estimate 'true', async_capable 'true', fetch_size '10000',
    -- A record that is sent over a network costs more than one that is added up where it is.
    fdw_tuple_cost '1'
);
create schema :"shard";
create user mapping for current_user server :"shard"
    options (user :'login', password :'password');
import foreign schema analysis from server :"shard" into :"shard";
drop user mapping for current_user server :"shard";
select set_config('shards.name', :'shard', true),
    set_config('shards.organisations', :'organisations', true) \g /dev/null
do $$
declare
    shard text := current_setting('shards.name');
    led text := (
        select string_agg(quote_literal(code), ', ')
        from string_to_table(current_setting('shards.organisations'), ',') code);
    each record;
begin
    for each in
        select relname as name from pg_attribute join pg_class on pg_class.oid = attrelid
        where relnamespace = shard::regnamespace and attname = 'led_by'
    loop
        if to_regclass(format('national.%I', each.name)) is null then
            execute format('create table national.%1$I (like %2$I.%1$I) partition by list (led_by)',
                each.name, shard);
            execute format('grant select on national.%I to ops_national', each.name);
        end if;
        execute format('alter table national.%1$I attach partition %2$I.%1$I for values in (%3$s)',
            each.name, shard, led);
    end loop;
end $$;
-- Each organisation is added up by itself, so that a shard sends a few sums and no records.
create or replace view national.results_by_month with (security_invoker) as
select kind, month, sum(results)::bigint as results
from (
    select led_by, kind, month, count(*) as results
    from national.result where status <> 'struck' group by 1, 2, 3
) each_force
group by kind, month;
create or replace view national.seizures_by_month with (security_invoker) as
select category, month, sum(seizures)::bigint as seizures, sum(value) as value,
    sum(weight_g) as weight_g
from (
    select led_by, category, month, count(*) as seizures, sum(value) as value,
        sum(weight_g) as weight_g
    from national.seizure where status <> 'struck' group by 1, 2, 3
) each_force
group by category, month;
grant select on national.results_by_month, national.seizures_by_month to ops_national;
