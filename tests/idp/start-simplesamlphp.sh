#!/usr/bin/env bash
# Runs one SimpleSAMLphp (Debian's package) as a SAML identity provider on loopback, in the foreground, by PHP's own server.
# RUN_DIR holds idp.json (read at every request: a test may edit it while this runs) and cert/; see simplesamlphp.ts.
set -euo pipefail
: "${RUN_DIR:?}" "${IDP_PORT:?}"
umask 077
mkdir -p "$RUN_DIR"/{config,metadata,log,data,tmp,sessions}

cat > "$RUN_DIR/config/config.php" <<'PHP'
<?php
$d = dirname(__DIR__);
$j = json_decode(file_get_contents("$d/idp.json"), true);
$salt = hash('sha256', $d);
$config = [
    'baseurlpath' => $j['baseUrl'], 'certdir' => "$d/cert/", 'loggingdir' => "$d/log/", 'datadir' => "$d/data/",
    'tempdir' => "$d/tmp", 'metadatadir' => "$d/metadata/", 'attributenamemapdir' => '/etc/simplesamlphp/attributemap/',
    'technicalcontact_name' => 'Test', 'technicalcontact_email' => 'na@example.org', 'timezone' => 'UTC',
    'secretsalt' => $salt, 'auth.adminpassword' => hash('sha256', "admin$salt"), 'admin.protectindexpage' => true, 'admin.checkforupdates' => false,
    'debug' => ['saml' => false, 'backtraces' => true, 'validatexml' => false], 'showerrors' => true, 'errorreporting' => false,
    'logging.level' => 6, 'logging.handler' => 'file', 'logging.logfile' => 'ssp.log', 'logging.processname' => 'ssp', 'statistics.out' => [],
    'enable.saml20-idp' => true, 'module.enable' => ['exampleauth' => true, 'core' => true, 'saml' => true],
    'session.duration' => 28800, 'session.cookie.name' => 'SSP_' . $j['name'], 'session.phpsession.cookiename' => 'SSPS_' . $j['name'],
    'session.authtoken.cookiename' => 'SSPA_' . $j['name'], 'session.phpsession.savepath' => "$d/sessions",
    'session.cookie.secure' => false, 'session.cookie.samesite' => 'Lax', 'session.phpsession.httponly' => true, 'enable.http_post' => false,
    'language.available' => ['en'], 'language.default' => 'en', 'language.cookie.name' => 'SSPL_' . $j['name'], 'language.cookie.secure' => false,
    'theme.use' => 'default', 'production' => true, 'trusted.url.domains' => [],
    'authproc.idp' => [], 'authproc.sp' => [], 'metadata.sources' => [['type' => 'flatfile']], 'metadata.sign.enable' => false, 'store.type' => 'phpsession',
];
PHP
cat > "$RUN_DIR/config/authsources.php" <<'PHP'
<?php
$j = json_decode(file_get_contents(dirname(__DIR__) . '/idp.json'), true);
$config = ['admin' => ['core:AdminPassword'], 'test-userpass' => ['exampleauth:UserPass'] + $j['users']];
PHP
cat > "$RUN_DIR/metadata/saml20-idp-hosted.php" <<'PHP'
<?php
$j = json_decode(file_get_contents(dirname(__DIR__) . '/idp.json'), true);
$metadata[$j['entityId']] = $j['idp'];
PHP
cat > "$RUN_DIR/metadata/saml20-sp-remote.php" <<'PHP'
<?php
$j = json_decode(file_get_contents(dirname(__DIR__) . '/idp.json'), true);
foreach ($j['sps'] as $id => $sp) { $metadata[$id] = $sp; }
PHP
# php -S needs a router because SimpleSAMLphp uses PATH_INFO (module.php/core/loginuserpass.php)
cat > "$RUN_DIR/router.php" <<'PHP'
<?php
$root = '/usr/share/simplesamlphp/www';
$path = rawurldecode(parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH));
if (preg_match('#^(/.*?\.php)(/.*)?$#', $path, $m) && strpos($m[1], '..') === false && is_file($root . $m[1])) {
    $_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = $m[1];
    $_SERVER['SCRIPT_FILENAME'] = $root . $m[1];
    $_SERVER['PATH_INFO'] = $m[2] ?? '';
    if (empty($m[2])) { unset($_SERVER['PATH_INFO']); }
    chdir(dirname($root . $m[1]));
    require $root . $m[1];
    return true;
}
return false;
PHP
export SIMPLESAMLPHP_CONFIG_DIR="$RUN_DIR/config"
exec php -d variables_order=EGPCS -d session.save_path="$RUN_DIR/sessions" \
  -S "127.0.0.1:$IDP_PORT" -t /usr/share/simplesamlphp/www "$RUN_DIR/router.php"
