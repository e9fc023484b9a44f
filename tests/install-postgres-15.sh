#!/usr/bin/env bash
# Installs Postgres 15 from Debian 12 where it is missing, and prints the folder of its programs for TEST_POSTGRES_BIN.
set -euo pipefail
programs=/usr/lib/postgresql/15/bin
if [ ! -x "$programs/postgres" ]; then
  if [ "$(id -u)" != 0 ]; then
    echo 'Postgres 15 is missing; install it as root: apt-get install postgresql-15' >&2
    exit 3
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >&2
  apt-get install -y -qq --no-install-recommends postgresql-common >&2
  # The tests make clusters of their own: none is made and started by the package.
  sed -i 's/^#\? *create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
  apt-get install -y -qq --no-install-recommends postgresql-15 >&2
fi
echo "$programs"
