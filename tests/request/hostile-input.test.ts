import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Visitor, visitor } from '@/tests/support/browser';
import { formsIn } from '@/tests/support/html';
import { instances } from '@/tests/support/instances';
import { outputSince } from '@/tests/support/log';
import { newOperator, operatorHost, operatorSession } from '@/tests/support/operators';
import { newTenant, newUser, PASSWORD } from '@/tests/support/users';

const running = instances();

/**
 * Values for whatever stands in an address, percent-encoded: NUL, half characters, controls, ids,
 * numbers, paths.
 */
const HOSTILE = [
  '%00',
  'a%00b',
  '%ed%a0%bd',
  `${'a'.repeat(299)}%F0%9F%98%80`,
  '%ff%fe',
  '%0d%0aSet-Cookie:%20a=b',
  '%1b%5b31m%e2%80%ae',
  '00000000-0000-4000-8000-000000000000',
  '00000000-0000-4000-8000-00000000000G',
  '99999999999999999999',
  '-1',
  '1e309',
  '__proto__',
  '..%2f..%2fetc%2fpasswd',
  "'%20or%201%3D1--",
  '%25%5c_',
  '[]',
  '{}',
  '9999-99-99',
  'a'.repeat(3000),
];

const QUERIES = (
  'q page after before sort dir role status state factor email from to person event address as of t v id flow code sso ' +
  'reason return_to done purpose error error_description iss SAMLRequest SAMLResponse RelayState SigAlg Signature locale'
).split(' ');

describe('every address', () => {
  const patterns = addresses();

  test('answers hostile values in its path and query without a failure', async () => {
    expect(patterns.length).toBeGreaterThan(70);
    await withoutAlert(async () => {
      const asks: [Visitor, string][] = [];
      for (const who of await visitors()) {
        for (const pattern of patterns) {
          const values = pattern.includes('[') ? HOSTILE : HOSTILE.slice(0, 1);
          for (const value of values) asks.push([who, pattern.replace(/\[[^\]]+\]/g, value)]);
          for (const value of HOSTILE.slice(0, 8)) asks.push([who, plainPath(pattern, allQueries(value))]);
        }
      }
      await everyOne(asks, async ([who, path]) => {
        const { status } = await who.get(path);
        expect([path, status]).toEqual([path, expect.toSatisfy((code) => code < 500)]);
      });
    });
  }, 300_000);

  test('answers what steers Next’s router, malformed, without a failure', async () => {
    const steering: Record<string, string>[] = [
      { 'next-router-state-tree': 'x' },
      { 'next-router-state-tree': '%' },
      { 'next-router-state-tree': '[]' },
      { 'next-router-state-tree': '{"a":1}' },
      { 'next-router-state-tree': encodeURIComponent('["",{"children":["__PAGE__",{}]},null,null,true]') },
      { 'next-router-state-tree': encodeURIComponent('["x",{"y":["z",{},null,"refetch"]}]') },
      {
        'next-router-state-tree': encodeURIComponent(JSON.stringify(['', { children: [['id', '\0', 'd', null], {}] }])),
      },
      { 'next-router-state-tree': 'a'.repeat(9000) },
      { 'next-router-prefetch': '1', 'next-router-segment-prefetch': '/../\\x' },
      { 'next-router-prefetch': '2' },
      { 'next-router-segment-prefetch': '/_tree' },
      { 'next-url': '//%' },
      { 'next-hmr-refresh': '1' },
      { 'next-resume': '1' },
      { 'x-next-resume-state-length': '-1' },
      { 'x-nextjs-data': '1' },
      { 'next-action': '' },
      { 'accept-language': `${'\ufffd'.repeat(10)},*;q=x` },
      { cookie: '__Host-sid=%00; __Host-attempt=\ud83d; __Host-device=%ED%A0%BD; locale=%00; a' },
      { 'user-agent': `${'a'.repeat(399)}\ufffd\ufffd` },
    ];
    await withoutAlert(async () => {
      const asks = (await visitors()).flatMap((who) =>
        steering.flatMap((headers) =>
          ['/sign-in', '/home', '/admin/users', '/operator', '/nothing', '/api/session', '/'].flatMap((path) =>
            [headers, { ...headers, rsc: '1' }].map((all) => [who, path, latin1(all)] as const),
          ),
        ),
      );
      await everyOne(asks, async ([who, path, headers]) => {
        const { status } = await who.get(path, { headers });
        expect([path, headers, status]).toEqual([path, headers, expect.toSatisfy((code) => code < 500)]);
      });
    });
  }, 300_000);

  test('answers bodies that are no forms without a failure', async () => {
    const bodies = [
      '',
      'x',
      '[]',
      '{"a":',
      '--x\r\n',
      '\0',
      '$ACTION_ID_=&a=%00',
      `["${'$'.repeat(50)}"]`,
      '--x--\r\n',
    ];
    const types = [
      'multipart/form-data; boundary=x',
      'multipart/form-data',
      'multipart/form-data; boundary=""',
      'application/x-www-form-urlencoded',
      'application/json',
      'text/plain;charset=UTF-8',
      'text/plain;charset=nonsense',
      'nonsense',
      '',
    ];
    await withoutAlert(async () => {
      const asks = (await visitors()).flatMap((who) =>
        patterns.flatMap((pattern, at) =>
          // Every page with some pair of them; together all pairs many times.
          [0, 1, 2].map((more) => {
            const body = bodies[(at + 3 * more) % bodies.length] ?? '';
            return [who, plainPath(pattern), body, types[(at * 2 + more) % types.length] ?? ''] as const;
          }),
        ),
      );
      await everyOne(asks, async ([who, path, body, type]) => {
        const headers = { origin: who.origin, 'content-type': type };
        const { status } = await who.ask(path, { method: 'POST', body, headers });
        expect([path, body, type, status]).toEqual([path, body, type, expect.toSatisfy((code) => code < 500)]);
      });
    });
  }, 300_000);
});

describe('an action', () => {
  test('called with what is no form, or is broken, is refused without a failure', async () => {
    const [guest, boss] = await visitors();
    if (!guest || !boss) throw new Error('nobody to ask');
    const pages: [Visitor, string][] = [
      [guest, '/sign-in'],
      [guest, '/forgot-password'],
      [boss, '/settings/profile'],
      [boss, '/admin/users/new'],
      [boss, '/home'],
    ];
    await withoutAlert(async () => {
      for (const [who, path] of pages) {
        for (const id of await actionsOn(who, path)) {
          for (const [type, body] of CALLS) {
            const headers = { origin: who.origin, 'next-action': id, accept: 'text/x-component', 'content-type': type };
            // Signing out or a change of session by one call would make the next one another test.
            const { status } = await who.ask(path, { method: 'POST', body, headers, bare: who === guest });
            expect([path, id, type, body, status]).toEqual([
              path,
              id,
              type,
              body,
              expect.toSatisfy((code) => code < 500),
            ]);
          }
        }
      }
    });
  }, 300_000);

  test('takes a form with NUL or half a character in every field', async () => {
    const [guest, boss] = await visitors();
    if (!guest || !boss) throw new Error('nobody to ask');
    const pages: [Visitor, string][] = [
      [guest, '/sign-in'],
      [guest, '/forgot-password'],
      [boss, '/settings/profile'],
      [boss, '/settings/password'],
      [boss, '/admin/users/new'],
      [boss, '/admin/branding'],
      [boss, '/admin/security'],
      [boss, '/admin/phone'],
      [boss, '/admin/single-sign-on/new/oidc'],
      [boss, '/admin/single-sign-on/new/saml'],
      [boss, '/admin/audit'],
      [boss, '/admin/users'],
    ];
    await withoutAlert(async () => {
      for (const [who, path] of pages) {
        const { body } = await who.get(path);
        for (const form of formsIn(body).filter(({ method }) => method === 'post')) {
          for (const bad of ['a\0b', '\0', `${'a'.repeat(79)}\u{1f600}`, '\u009b31m\u202e\n', '99999999999999999999']) {
            const open = form.fields.filter(([name]) => !name.startsWith('$') && name !== 'as' && name !== 'locale');
            const answer = await who.post(path, form, Object.fromEntries(open.map(([name]) => [name, bad])), {
              bare: who === guest,
            });
            expect([path, open, bad, answer.status]).toEqual([path, open, bad, expect.toSatisfy((code) => code < 500)]);
          }
        }
      }
    });
  }, 300_000);
});

/** Calls of an action as Next's script makes them, broken in one point each. */
const CALLS: [type: string, body: string][] = [
  ['text/plain;charset=UTF-8', '[]'],
  ['text/plain;charset=UTF-8', '["x"]'],
  ['text/plain;charset=UTF-8', '[null,null]'],
  ['text/plain;charset=UTF-8', '[{"status":"idle"},{"as":"x"}]'],
  ['text/plain;charset=UTF-8', '[{"status":"idle"},"$K1"]'],
  ['text/plain;charset=UTF-8', '["$F1"]'],
  ['text/plain;charset=UTF-8', '["$1:__proto__:x"]'],
  ['text/plain;charset=UTF-8', '[1,"$Q2"]'],
  ['text/plain;charset=UTF-8', 'nonsense'],
  ['text/plain;charset=UTF-8', ''],
  ['application/json', '{}'],
  ['multipart/form-data', '--x--'],
  ['multipart/form-data; boundary=x', ''],
  ['multipart/form-data; boundary=x', '--x\r\nContent-Disposition: form-data; name="0"\r\n\r\n["$K1"'],
  ['multipart/form-data; boundary=x', '--x\r\nContent-Disposition: form-data; name="0"\r\n\r\n[{},"$K1"]\r\n--x--\r\n'],
  ['multipart/form-data; boundary=x', '--x\r\nContent-Disposition: form-data; name="0"\r\n\r\n[]\r\n--x--\r\n'],
  ['multipart/form-data; boundary=x', '--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--\r\n'],
  ['application/x-www-form-urlencoded', 'a=b'],
];

async function actionsOn(who: Visitor, path: string) {
  const { body } = await who.get(path);
  return new Set([...body.matchAll(/\b[0-9a-f]{42}\b/g)].map(([id]) => id));
}

/** The patterns of all pages and routes of the product. */
function addresses() {
  return readdirSync('app', { recursive: true, encoding: 'utf8' })
    .filter((file) => /(^|\/)(page\.tsx|route\.ts)$/.test(file))
    .map((file) => `/${file.replace(/\/?(page\.tsx|route\.ts)$/, '')}`)
    .map((path) => path.replace(/\[\.\.\.[^\]]+\]/, '[rest]'))
    .sort();
}

function plainPath(pattern: string, query = '') {
  return pattern.replace(/\[[^\]]+\]/g, '00000000-0000-4000-8000-000000000000') + query;
}

function allQueries(value: string) {
  const whole = `?${QUERIES.map((name) => `${name}=${value}`).join('&')}`;
  return whole.length < 7000 ? whole : `?q=${value}`;
}

async function visitors(): Promise<Visitor[]> {
  const tenant = await newTenant({ entitlements: ['single-sign-on', 'security-policies', 'phone'] });
  const manager = await newUser(tenant, { role: 'administrator' });
  const [guest, boss] = [0, 1].map(() => visitor({ port: running.app().port, host: tenant.host })) as [
    Visitor,
    Visitor,
  ];
  expect((await boss.signIn(manager.username, PASSWORD)).status).toBe(303);
  const operator = visitor({ port: running.app().port, host: operatorHost() });
  operator.jar.set('__Host-sid', await operatorSession(await newOperator()));
  return [guest, boss, operator];
}

async function everyOne<Item>(items: Item[], ask: (item: Item) => Promise<void>) {
  const left = [...items];
  const worker = async () => {
    for (let item = left.pop(); item !== undefined; item = left.pop()) await ask(item);
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}

async function withoutAlert(work: () => Promise<void>) {
  const from = running.app().output().length;
  await work();
  const lines = (await outputSince(running.app(), from)).split('\n');
  expect(lines.filter((line) => /"alert"|"level":"error"/.test(line))).toEqual([]);
}

/** Headers as bytes on the wire, of which Node takes only those below 256. */
function latin1(headers: Record<string, string>) {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Buffer.from(value, 'utf8').toString('latin1')]),
  );
}
