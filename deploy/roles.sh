#!/bin/sh
# Runs once, when the cluster is made: the login of api and worker. It owns nothing and may only become `dauys_app`,
# whose rights `dauys migrate` grants; the owner's password stays with postgres and migrate.
set -eu
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
\set password `cat /run/secrets/app_password`
CREATE ROLE dauys_app NOLOGIN;
CREATE ROLE dauys_login LOGIN NOINHERIT PASSWORD :'password' IN ROLE dauys_app;
SQL
