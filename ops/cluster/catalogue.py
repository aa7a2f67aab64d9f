"""What a database of the cluster holds from the start, and what its catalogue keeps to itself."""

import psycopg
from psycopg import sql

EXTENSIONS = ("postgis", "btree_gist", "pg_trgm")
# Comparing two boxes betrays no row, so an index may do it before row-level security is asked.
LEAKPROOF = "ALTER FUNCTION geometry_overlaps(geometry, geometry) LEAKPROOF"

# The catalogue tells everybody how many rows a table has and what is written to it, and PostGIS
# where they lie and how densely, hidden ones included. From here on they tell the owner, and who
# watches over the server.
COUNTS = """
do $$
declare
    shown text;
    each regprocedure;
begin
    select string_agg(quote_ident(attname), ', ') into shown from pg_attribute
        where attrelid = 'pg_class'::regclass and not attisdropped
            and attname not in ('reltuples', 'relpages', 'relallvisible', 'relallfrozen');
    execute 'revoke select on pg_catalog.pg_class from public';
    execute format('grant select (%s) on pg_catalog.pg_class to public', shown);
    execute 'grant select on pg_catalog.pg_class to ops, pg_monitor';
    for each in
        select oid from pg_proc where pronamespace = 'pg_catalog'::regnamespace
            and (proname in ('pg_relation_size', 'pg_table_size', 'pg_indexes_size',
                    'pg_total_relation_size')
                or proname ~ '^pg_stat_get_(xact_)?(tuples|blocks|numscans|live|dead|mod_|ins_)'
                or proname ~ '^pg_stat_get_.*(vacuum|analyze)')
            or prosrc in ('gserialized_estimated_extent', 'geometry_estimated_extent',
                '_postgis_gserialized_index_extent', '_postgis_gserialized_stats',
                '_postgis_gserialized_sel', '_postgis_gserialized_joinsel')
    loop
        execute format('revoke execute on function %s from public', each);
        execute format('grant execute on function %s to ops, pg_monitor', each);
    end loop;
end $$
"""
# Whether that was never run in a database, or by a version that left PostGIS as it was.
IS_COUNTED = """
select 1 from pg_proc
where proname = '_postgis_stats' and has_function_privilege('public', oid, 'execute')
"""


def exists(connection: psycopg.Connection, catalogue: str, column: str, name: str) -> bool:
    """Tell whether the catalogue names this."""
    query = sql.SQL("SELECT 1 FROM {} WHERE {} = %s")
    found = connection.execute(
        query.format(sql.Identifier(catalogue), sql.Identifier(column)), [name]
    )
    return found.fetchone() is not None


def create(connection: psycopg.Connection, name: str, owner: str, template: str) -> None:
    """Make a database as a copy of another."""
    made = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}")
    connection.execute(made.format(*map(sql.Identifier, (name, owner, template))))


def drop(connection: psycopg.Connection, name: str) -> None:
    """Remove a database, and end every connection to it."""
    dropped = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
    connection.execute(dropped.format(sql.Identifier(name)))
