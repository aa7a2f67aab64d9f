-- Makes a database that reads from shards and keeps nothing: once, by its superuser.
create extension if not exists postgis;
create extension if not exists postgres_fdw;
create schema national;
do $$ begin
    if not exists (select from pg_roles where rolname = 'ops_national') then
        create role ops_national nologin;
    end if;
    -- A total by organisation is then worked out where its records are.
    execute format('alter database %I set enable_partitionwise_aggregate = on', current_database());
end $$;
grant usage on schema national to ops_national;
