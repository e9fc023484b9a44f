#!/usr/bin/env bash
# Runs a command on another Node, downloaded once into the temporary folder: tests/on-node.sh 24 npm run test:integration
set -euo pipefail
version=$1
shift
package=node-$(node --print 'process.platform + "-" + process.arch')
folder=${TMPDIR:-/tmp}/gatehouse-node-$(id -u)-$version
if [ ! -x "$folder/node_modules/$package/bin/node" ]; then
  npm install --prefix "$folder" --no-save --no-audit --no-fund --loglevel=error "$package@$version" >&2
fi
export PATH="$folder/node_modules/$package/bin:$PATH"
echo "node $(node --version)" >&2
exec "$@"
