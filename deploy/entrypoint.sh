#!/bin/sh
# Hands the database password from a secret file to libpq, so that no URL, compose file or `docker inspect` shows it.
set -eu
if [ -e /run/secrets/database_password ]; then
    PGPASSWORD=$(cat /run/secrets/database_password)
    export PGPASSWORD
fi
exec "$@"
