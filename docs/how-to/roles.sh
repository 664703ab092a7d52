#!/bin/sh
# Create the program's role beside the owner of the tables: it signs in, works on rows, changes no
# table and cannot pass by row-level security. Run once, by PostgreSQL's image or by hand.
set -eu
psql --set=ON_ERROR_STOP=1 --set=password="$PROGRAM_PASSWORD" \
  --username "${POSTGRES_USER:-postgres}" --dbname "${POSTGRES_DB:-caretally}" <<'SQL'
CREATE ROLE caretally LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'password';
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
SQL
