#!/bin/sh
# What a new database server is told once, by its superuser: docs/operating.md, "A server of your own".
set -eu
psql --username postgres --set ON_ERROR_STOP=1 --set owner="$OWNER_PASSWORD" --set application="$APPLICATION_PASSWORD" <<'SQL'
CREATE ROLE ops LOGIN PASSWORD :'owner';
CREATE ROLE ops_application LOGIN PASSWORD :'application';
GRANT ops_application TO ops;
CREATE ROLE ops_analyst NOLOGIN;
CREATE ROLE ops_reader NOLOGIN IN ROLE ops_application;
GRANT ops_reader TO ops;
CREATE DATABASE ops OWNER ops;
\connect ops
CREATE EXTENSION postgis;
CREATE EXTENSION btree_gist;
CREATE EXTENSION pg_trgm;
ALTER FUNCTION geometry_overlaps(geometry, geometry) LEAKPROOF;
SQL
