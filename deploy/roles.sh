#!/bin/sh
# Runs once, when the database is made: the owner migrates, the application's role owns nothing and is bound by row security.
set -eu
psql --set=ON_ERROR_STOP=1 --username=postgres --set=owner="$OWNER_PASSWORD" --set=app="$APP_PASSWORD" <<'SQL'
create role gatehouse_owner login nosuperuser nobypassrls nocreatedb nocreaterole password :'owner';
create role gatehouse_app login nosuperuser nobypassrls nocreatedb nocreaterole password :'app';
create database gatehouse owner gatehouse_owner;
revoke all on database gatehouse, postgres, template1 from public;
grant connect on database gatehouse to gatehouse_app;
SQL
