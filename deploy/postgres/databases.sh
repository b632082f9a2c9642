#!/bin/sh
# One database and one role per service, with no way into another's. Idempotent, and run
# before the migrations at each start (compose service `databases`) instead of once by the
# image's own initialisation: so a service that comes with a later release, or a password
# changed in its file, needs nothing but `docker compose up -d`.
#
# Reads PGHOST, PGUSER and, in /run/secrets, postgres_password and, for each service named as
# an argument, <service>_database_password.
set -eu

PGPASSWORD=$(cat /run/secrets/postgres_password)
export PGPASSWORD

psql -v ON_ERROR_STOP=1 -Xqt -d postgres <<'SQL'
REVOKE CONNECT, TEMPORARY ON DATABASE postgres, template1 FROM PUBLIC;
SQL

for service in "$@"; do
  # psql takes the password from its environment: no command line shows it.
  PASSWORD=$(cat "/run/secrets/${service}_database_password")
  export PASSWORD
  psql -v ON_ERROR_STOP=1 -v service="$service" -Xqt -d postgres <<'SQL'
\getenv password PASSWORD
SELECT format('CREATE ROLE %I', :'service')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'service') \gexec
ALTER ROLE :"service" LOGIN PASSWORD :'password';
-- As standalone's databases, UTF-8 and sorted by code point; and by PostgreSQL itself,
-- because another version of the C library may sort otherwise, which breaks indexes.
SELECT format('CREATE DATABASE %I OWNER %I TEMPLATE template0 ENCODING UTF8 LOCALE %L'
              ' LOCALE_PROVIDER builtin BUILTIN_LOCALE %L',
              :'service', :'service', 'C.UTF-8', 'C.UTF-8')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'service') \gexec
REVOKE ALL ON DATABASE :"service" FROM PUBLIC;
SQL
  echo "$service: database and role are there"
done
