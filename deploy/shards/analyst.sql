-- Lets somebody at the coordinator read a shard as what they are there, by its superuser:
--   psql --set ON_ERROR_STOP=1 --set person=ada --set shard=gmp --set login=ops_analyst_… --file analyst.sql
-- `person` is their role at the coordinator, a member of ops_national; the login is their own, which
-- `ops analyst add` made on the shard, its password in OPS_SHARD_PASSWORD.
\getenv password OPS_SHARD_PASSWORD
create user mapping for :"person" server :"shard" options (user :'login', password :'password');
