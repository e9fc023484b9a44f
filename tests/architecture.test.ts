import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

/** The layers of docs and the guards of every entry, read from the source itself. */

const root = process.cwd();
const sources = ['app', 'components', 'lib', 'db', 'bin']
  .flatMap(filesIn)
  .concat('middleware.ts', 'instrumentation.ts');
const texts = new Map(sources.map((file) => [file, readFileSync(path.join(root, file), 'utf8')]));

type Import = { from: string; to: string; typeOnly: boolean };
const imports = sources.flatMap(importsOf);

/** What stands beneath everything: files that import nothing of ours but each other. */
const pure = pureFiles();

/**
 * Each folder, and what it may import besides pure files and types. The longest name that fits
 * counts.
 */
const LAYERS: Record<string, RegExp> = {
  'middleware.ts': /^(lib\/env|lib\/tenants\/host)\.ts$/,
  'instrumentation.ts': /^lib\/(log|result|request\/store)\.ts$/,
  'app/': /^(app|components|lib)\//,
  'app/api/health/': /^(lib\/(jobs\/worker|clock-skew)|db\/index)\.ts$/,
  // Besides the words of the request, nothing of lib that is not pure.
  'components/': /^(components\/|lib\/request\/translations\.ts$)/,
  'components/shell/':
    /^(components\/|app\/shell-actions\.ts$|messages\/error-page\.json$|lib\/request\/translations\.ts$)/,
  'lib/': /^(db\/(index|schema\/.+)|lib\/(?!request\/|auth\.).+|messages\/.+)\.(tsx?|json)$/,
  'lib/request/': /^(lib\/.+|messages\/.+)\.(tsx?|json)$/,
  'lib/auth.ts': /^(lib\/.+|db\/(index|schema\/.+))\.ts$/,
  'db/': /^(db\/.+|lib\/(env|result|time))\.ts$/,
  'db/schema/': /^db\/schema\//,
  'bin/': /^((bin|db|lib)\/|package\.json$)/,
};

test('nothing imports upwards', () => {
  expect(imports.length).toBeGreaterThan(400);
  const breaches = imports
    .filter(({ from, to, typeOnly }) => !typeOnly && !pure.has(to) && !layerOf(from).test(to))
    .map(({ from, to }) => `${from} imports ${to}`);
  expect(breaches).toEqual([]);
});

/**
 * The folders of `lib`, lowest first. A file imports only files of its own folder and of lower
 * ones.
 */
const FOLDERS = [
  '(loose files)',
  'environment',
  'network',
  'queue',
  'forms',
  'language',
  'tenants',
  'audit',
  'keys',
  'rate-limit',
  'policies',
  'branding',
  'sessions',
  'emails',
  'passwords',
  'passwords/reset',
  'second-factor',
  'users',
  'users/import',
  'sso',
  'sso/connections',
  'phone',
  'sign-in',
  'sso/sign-in',
  'operators',
  'operators/tenants',
  'sso/oidc',
  'sso/saml',
  'sso/sign-out',
  'jobs',
  'request',
];

/** Imports that go up all the same, each with its reason. */
const UPWARD: Record<string, string> = {
  'lib/env.ts imports lib/environment/invalid-env.ts': 'its own parts, which import nothing',
  'lib/env.ts imports lib/environment/keyring.ts': 'its own parts, which import nothing',
  'lib/env.ts imports lib/environment/setting-values.ts': 'its own parts, which import nothing',
  'lib/env.ts imports lib/network/addresses.ts': 'parses TRUSTED_PROXIES, and imports nothing',
};

test('folders of lib import downwards only, types included', () => {
  const inLib = imports.filter(({ from, to }) => isNoun(from) && isNoun(to));
  expect(inLib.length).toBeGreaterThan(400);
  expect([...new Set(inLib.map(({ from }) => folderOf(from)))].sort()).toEqual([...FOLDERS].sort());
  const upward = inLib
    .filter(({ from, to }) => FOLDERS.indexOf(folderOf(to)) > FOLDERS.indexOf(folderOf(from)))
    .map(({ from, to }) => `${from} imports ${to}`);
  expect([...new Set(upward)].sort()).toEqual(Object.keys(UPWARD).sort());
});

test('at most twelve files are loose in lib', () => {
  expect(readdirSync(path.join(root, 'lib')).filter((name) => name.includes('.')).length).toBeLessThanOrEqual(12);
});

test('no files import each other in a circle, types included', () => {
  const edges = new Map<string, string[]>();
  for (const { from, to } of imports) edges.set(from, [...(edges.get(from) ?? []), to]);
  const done = new Set<string>();
  const circles: string[] = [];
  const walk = (file: string, trail: string[]) => {
    if (trail.includes(file)) return void circles.push([...trail.slice(trail.indexOf(file)), file].join(' > '));
    if (done.has(file)) return;
    for (const next of edges.get(file) ?? []) walk(next, [...trail, file]);
    done.add(file);
  };
  for (const file of sources) walk(file, []);
  expect(circles).toEqual([]);
});

test('SQL and its drivers stay below the pages, and Next above the domain', () => {
  const drivers = /^(postgres|drizzle-orm|graphile-worker|pg)(\/|$)/;
  const found = sources.flatMap((file) =>
    packagesOf(file)
      .filter(
        (name) =>
          (/^(app|components)\//.test(file) && drivers.test(name)) || (isDomain(file) && /^next(\/|$)/.test(name)),
      )
      .map((name) => `${file} imports ${name}`),
  );
  expect(found).toEqual([]);
});

test('the state machine of the phone uses neither the browser nor the engine', () => {
  const machine = sources.filter((file) => file.startsWith('components/phone/machine/'));
  expect(machine.length).toBeGreaterThan(10);
  const engine = imports.filter(({ from, to }) => machine.includes(from) && to.startsWith('components/phone/engine/'));
  expect(engine.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  const browser =
    /\b(document|window|navigator|localStorage|sessionStorage|fetch|addEventListener|Media\w*Stream|RTC\w+)\b/;
  expect(
    machine.filter((file) => browser.test((texts.get(file) ?? '').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, ''))),
  ).toEqual([]);
});

/** Entries that anybody may open, and what they check instead. */
const PUBLIC: Record<string, RegExp> = {
  'app/api/health/route.ts': /isDatabaseUp/,
  'app/dev/mailbox/page.tsx': /mayReadMailbox\(/,
  'app/dev/mailbox/[id]/page.tsx': /mayReadMailbox\(/,
  'app/dev/mailbox/[id]/html/route.ts': /mayReadMailbox\(/,
};
const GUARD =
  /\b(pageFrame|anyone|anyoneAtRoot|requireUser|requireAttempt|requireResetLink|requireEmailLink|requireInvitation|keepLinkToken|addressState|anyoneAtOperator|requireOperator|requireOperatorAttempt|requireHome|requirePhone|phoneRoute|phoneSettingsRoute)\(/;

test('every page and route calls a guard or is on the public list', () => {
  const entries = sources.filter((file) => /^app\/(.+\/)?(page\.tsx|route\.ts|layout\.tsx|not-found\.tsx)$/.test(file));
  expect(entries.length).toBeGreaterThan(20);
  const open = entries.filter((file) => {
    const text = texts.get(file) ?? '';
    const body = /page\.tsx$/.test(file) ? text.slice(text.indexOf('export default')) : text;
    return !(PUBLIC[file] ?? GUARD).test(body);
  });
  expect(open).toEqual([]);
});

test('every action is made by a guard', () => {
  const actions = sources.filter((file) => /^app\/.*actions\.ts$/.test(file));
  expect(actions.length).toBeGreaterThan(10);
  const open = actions
    .filter((file) => file !== 'app/shell-actions.ts')
    .flatMap((file) => {
      const exported = [...(texts.get(file) ?? '').matchAll(/^export (?!type)(.+)$/gm)].map(([, rest = '']) => rest);
      return exported
        .filter(
          (rest) =>
            !/^const \w+ = (anonymous|link|attempt|root|user|operator|anonymousOperator|operatorAttempt)Action\(/.test(
              rest,
            ),
        )
        .map((rest) => `${file}: ${rest}`);
    });
  expect(open).toEqual([]);
  const shell = (texts.get('app/shell-actions.ts') ?? '').split(/^export async function /m).slice(1);
  expect(shell.filter((body) => !body.includes('isSameOrigin()'))).toEqual([]);
});

/** Files that hash without asking whether passwords are hidden, and who has asked before. */
const ASKED_BEFORE: Record<string, string> = {
  'lib/passwords/set.ts': 'those who call it',
  'lib/sign-in/with-new-password.ts': 'the attempt, which is found no more',
  'lib/sign-in/handoff.ts': 'signInWithPassword; what it verifies itself is nobody’s',
  'lib/operators/operators.ts': 'nobody: operators have no identity provider',
  'lib/operators/password.ts': 'nobody: operators have no identity provider',
  'lib/operators/sign-in.ts': 'nobody: operators have no identity provider',
  'lib/operators/sign-in-steps.ts': 'nobody: operators have no identity provider',
  'lib/users/users.ts': 'nobody: a new user, made by an operator or the seed',
};

test('code that checks or sets a password asks first whether passwords are hidden', () => {
  const hashing = imports
    .filter(({ from, to, typeOnly }) => to === 'lib/passwords/hashing.ts' && !typeOnly && from.startsWith('lib/'))
    .map(({ from }) => from);
  expect(hashing.length).toBeGreaterThan(5);
  const silent = hashing.filter((file) => !/\b(isPasswordHidden|openResetLink)\(/.test(texts.get(file) ?? ''));
  expect(silent.filter((file) => !(file in ASKED_BEFORE))).toEqual([]);
});

test('"use server" is in actions.ts only', () => {
  const found = sources.filter((file) => /^\s*['"]use server['"]/m.test(texts.get(file) ?? ''));
  expect(found.filter((file) => !/^app\/(.+\/actions|shell-actions)\.ts$/.test(file))).toEqual([]);
});

test('no page or component contains a sentence', () => {
  const literal = />\s*([^<>{}()=;]*\p{L}{2,}[^<>{}()=;]*)<\//gu;
  const attribute = /\b(?:aria-label|title|placeholder|alt|label)="([^"]*\p{L}{2,}[^"]*)"/gu;
  // Said where no language is known or nothing could be loaded.
  const allowed = /^(Gatehouse( ↻)?)$/;
  const found = sources
    .filter((file) => /^(app|components)\/.*\.tsx$/.test(file))
    .flatMap((file) => {
      const text = (texts.get(file) ?? '').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
      return [...text.matchAll(literal), ...text.matchAll(attribute)]
        .map(([, words = '']) => words.trim())
        .filter((words) => !allowed.test(words))
        .map((words) => `${file}: ${words}`);
    });
  expect(found).toEqual([]);
});

test('no file has more than 250 lines, and 95 % have at most 150', () => {
  const lengths = sources
    .filter((file) => /^(app|components|lib|db)\//.test(file))
    .map((file) => ({ file, lines: (texts.get(file) ?? '').split('\n').length - 1 }));
  expect(lengths.filter(({ lines }) => lines > 250)).toEqual([]);
  expect(lengths.filter(({ lines }) => lines > 150).length / lengths.length).toBeLessThanOrEqual(0.05);
});

test('comments use plain words and at most 100 columns', () => {
  const banned = /\b(promises|he|his|him|himself|whoever|somebody|mend)\b/i;
  const found = sources.flatMap((file) =>
    (texts.get(file) ?? '')
      .split('\n')
      .map((line, at) => ({ line, place: `${file}:${at + 1}` }))
      .filter(({ line }) => /^\s*(\/\/|\/?\*)/.test(line) && !line.includes('biome-ignore'))
      .filter(({ line }) => banned.test(line) || line.length > 100)
      .map(({ place, line }) => `${place}: ${line.trim()}`),
  );
  expect(found).toEqual([]);
});

test('code says user, not person, people, member or visitor', () => {
  const banned = /\b(?:const|let|function|type|class|interface) (\w*(?:person|people|member|visitor|somebody)\w*)/gi;
  const found = sources.flatMap((file) =>
    [...(texts.get(file) ?? '').matchAll(banned)]
      .filter(([, name = '']) => !/remember|personal/i.test(name))
      .map(([, name]) => `${file}: ${name}`),
  );
  expect(found).toEqual([]);
});

test('no test is skipped, retried, left alone, or waits by the clock', () => {
  const tests = filesIn('tests').filter((file) => /\.(test|spec)\.tsx?$|\/e2e\//.test(file));
  const forbidden = /\b(test|it|describe)\.(skip|only|todo|fixme|skipIf|runIf)\b|waitForTimeout|retries?:\s*[1-9]/;
  const found = tests.filter(
    (file) => file !== 'tests/architecture.test.ts' && forbidden.test(readFileSync(path.join(root, file), 'utf8')),
  );
  expect(found).toEqual([]);
});

function filesIn(folder: string): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'));
}

function importsOf(from: string): Import[] {
  return statementsOf(from).flatMap(({ what, name }) => {
    const target = name.startsWith('@/')
      ? name.slice(2)
      : name.startsWith('.')
        ? path.posix.join(path.posix.dirname(from), name)
        : undefined;
    const to =
      target &&
      [target, `${target}.ts`, `${target}.tsx`, `${target}/index.ts`].find(
        (file) => texts.has(file) || /\.(json|css|mjs)$/.test(file),
      );
    return to ? [{ from, to, typeOnly: isTypeOnly(what) }] : [];
  });
}

function packagesOf(file: string) {
  return statementsOf(file)
    .filter(({ what, name }) => !/^[@.]\//.test(name) && !name.startsWith('..') && !isTypeOnly(what))
    .map(({ name }) => name);
}

function statementsOf(file: string) {
  const text = texts.get(file) ?? '';
  const still = [...text.matchAll(/^(?:import|export)\s+([^'";]*?)\s*from\s*['"]([^'"]+)['"]/gm)].map(
    ([, what = '', name = '']) => ({ what, name }),
  );
  const bare = [...text.matchAll(/^import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm)].map(
    ([, one, other]) => ({
      what: '',
      name: one ?? other ?? '',
    }),
  );
  return [...still, ...bare];
}

function isTypeOnly(what: string) {
  if (/^type\b/.test(what)) return true;
  const named = /^\{([^}]*)\}$/.exec(what)?.[1];
  return Boolean(named?.split(',').every((one) => one.trim() === '' || one.trim().startsWith('type ')));
}

function pureFiles() {
  const known = new Set<string>();
  for (let before = -1; before !== known.size; ) {
    before = known.size;
    for (const file of sources) {
      const own = imports.filter(({ from, typeOnly }) => from === file && !typeOnly);
      const isTop = /^(app|bin)\//.test(file) || /^db\//.test(file);
      if (!isTop && own.every(({ to }) => known.has(to) || to.startsWith('messages/'))) known.add(file);
    }
  }
  return known;
}

function layerOf(file: string) {
  const name = Object.keys(LAYERS)
    .filter((prefix) => file.startsWith(prefix))
    .sort((a, b) => b.length - a.length)[0];
  return LAYERS[name ?? ''] ?? /^$/;
}

/** Whether a file of `lib` is ordered. `lib/auth.ts` configures Auth.js over all of them. */
function isNoun(file: string) {
  return file.startsWith('lib/') && file !== 'lib/auth.ts';
}

function folderOf(file: string) {
  return /^lib\/(.+)\/[^/]+$/.exec(file)?.[1] ?? '(loose files)';
}

function isDomain(file: string) {
  return file.startsWith('lib/') && !file.startsWith('lib/request/') && file !== 'lib/auth.ts';
}
