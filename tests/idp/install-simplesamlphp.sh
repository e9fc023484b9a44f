#!/usr/bin/env bash
# Installs SimpleSAMLphp from Debian with the PHP it runs on, where it is missing. Needs root for that, and says so without it.
set -euo pipefail
if [ -d /usr/share/simplesamlphp/www ] && command -v php >/dev/null &&
  php -r 'exit(extension_loaded("dom") && extension_loaded("mbstring") ? 0 : 1);'; then
  exit 0
fi
if [ "$(id -u)" != 0 ]; then
  echo 'SimpleSAMLphp is missing; install it as root: apt-get install simplesamlphp php-cli php-xml php-mbstring' >&2
  exit 3
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq >&2
# The PHP of this Debian by its version, or the packages without one would bring a web server along.
php=$(apt-cache depends php-cli | sed -n 's/.*Depends: \(php[0-9.]*\)-cli$/\1/p' | head -1)
# mini-httpd satisfies "apache2 | httpd" cheaply and is never started; "apache2-" keeps apache2 out where it is not there already.
apt-get install -y -qq --no-install-recommends simplesamlphp "${php:-php}"-{cli,cgi,xml,mbstring} mini-httpd \
  $(dpkg -s apache2 >/dev/null 2>&1 || echo apache2-) >&2
