#!/usr/bin/env bash
# Installs Kamailio and coturn from Debian, where they are missing. Needs root for that, and says so without it.
set -euo pipefail
modules=/usr/lib/$(uname -m)-linux-gnu/kamailio/modules
if command -v kamailio turnserver kamcmd >/dev/null && [ -e "$modules/websocket.so" ] && [ -e "$modules/auth_ephemeral.so" ]; then
  exit 0
fi
packages='kamailio kamailio-websocket-modules kamailio-autheph-modules kamailio-tls-modules coturn'
if [ "$(id -u)" != 0 ]; then
  echo "Kamailio or coturn is missing; install them as root: apt-get install $packages" >&2
  exit 3
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq >&2
# Nothing is to be started by being installed: the tests start their own.
printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d.gatehouse
chmod +x /usr/sbin/policy-rc.d.gatehouse
trap 'rm -f /usr/sbin/policy-rc.d.gatehouse; [ -L /usr/sbin/policy-rc.d ] && rm -f /usr/sbin/policy-rc.d || true' EXIT
[ -e /usr/sbin/policy-rc.d ] || ln -s policy-rc.d.gatehouse /usr/sbin/policy-rc.d
apt-get install -y -qq --no-install-recommends $packages >&2
