import { createTranslator } from 'next-intl';
import { expect, test } from 'vitest';
import { withTenant } from '@/db';
import { AUDIT_EVENTS, type AuditEvent } from '@/lib/audit/events';
import { exportAudit } from '@/lib/audit/export';
import { type AuditFilter, filterFrom } from '@/lib/audit/filter';
import { findSubject } from '@/lib/audit/find-subject';
import { type ListedEvent, listAudit } from '@/lib/audit/list';
import { namesIn } from '@/lib/audit/names';
import { type AuditDetail, type Cause, record } from '@/lib/audit/record';
import { type Say, sentenceOf } from '@/lib/audit/sentences';
import { csvLine } from '@/lib/csv';
import { allMessages } from '@/lib/language/messages';
import { admin } from '@/tests/support/clock';
import { newTenant, newUser } from '@/tests/support/users';

const cause: Cause = { actorId: null, address: '10.0.0.1', userAgent: 'tests', requestId: 'tests' };

test('the pages of every filter have each event once, in both directions', async () => {
  const { chain, people } = await trail();
  const [one = '', two = ''] = people;
  const asked: [AuditFilter, (event: ListedEvent) => boolean][] = [
    [{}, () => true],
    [{ person: one }, (event) => event.actorId === one || event.subjectId === one],
    [{ events: ['authn_logout'] }, (event) => event.event === 'authn_logout'],
    [{ events: ['authn_logout', 'authn_unlock'] }, (event) => /logout|unlock/.test(event.event)],
    [{ address: '10.0.0.2' }, (event) => event.address === '10.0.0.2'],
    [
      { person: two, events: ['authn_unlock'], address: '10.0.0.2' },
      (event) =>
        event.event === 'authn_unlock' &&
        event.address === '10.0.0.2' &&
        (event.actorId === two || event.subjectId === two),
    ],
  ];
  const all = await pagesOf(chain, {}, false, 1000);
  expect(all.length).toBeGreaterThan(60);
  for (const [filter, fits] of asked) {
    const expected = all.filter(fits).map(({ seq }) => seq);
    expect(expected.length).toBeGreaterThan(1);
    expect((await pagesOf(chain, filter, false, 7)).map(({ seq }) => seq)).toEqual(expected);
    expect((await pagesOf(chain, filter, true, 7)).map(({ seq }) => seq)).toEqual([...expected].reverse());
  }
});

test('days are the reader’s days, both included', async () => {
  const tenant = await newTenant();
  await newUser(tenant);
  await admin()`update audit_events set at = '2026-03-02T03:30:00Z' where tenant_id = ${tenant.id}`;
  const on = async (from: string, to: string, timeZone: string) =>
    (await listAudit(tenant.id, filterFrom({ from, to }, timeZone), { limit: 5 })).events.length;
  expect(await on('2026-03-02', '2026-03-02', 'UTC')).toBe(1);
  expect(await on('2026-03-02', '2026-03-02', 'America/Toronto')).toBe(0);
  expect(await on('2026-03-01', '2026-03-01', 'America/Toronto')).toBe(1);
});

test('what is no event or day filters nothing; what is no address finds nothing', async () => {
  const junk = { event: "x' or 1=1", from: '2026-02-31', to: ['2026-01-01', '2026-01-02'], address: "1';--" };
  expect(filterFrom(junk, 'UTC')).toEqual({ timeZone: 'UTC', address: "1';--" });
  const tenant = await newTenant();
  await newUser(tenant);
  for (const address of ["1';--", '10.0.0.0/8', 'a\0b'])
    expect((await listAudit(tenant.id, filterFrom({ address }, 'UTC'), { limit: 5 })).events).toEqual([]);
  for (const after of ['', '1-2-3', '-1', "1-1';", '9'.repeat(40), '999999999999999-1'])
    expect((await listAudit(tenant.id, {}, { limit: 5, after })).events.length).toBeLessThanOrEqual(5);
});

test('a user is found by every name they have, and users of the same name are distinguished', async () => {
  const tenant = await newTenant();
  const dana = await newUser(tenant, { username: 'dana', extension: '201', firstName: 'Dana', lastName: 'Reyes' });
  const other = await newUser(tenant, { username: 'dreyes', firstName: 'Dora', lastName: 'Reyes' });
  for (const words of ['dana', '201', 'Dana  Reyes', dana.email ?? '', dana.id])
    expect([words, (await findSubject(tenant.id, words))?.id]).toEqual([words, dana.id]);
  const both = await findSubject(tenant.id, 'reyes');
  expect([both?.id, both?.candidates.map(({ id }) => id)]).toEqual([undefined, [dana.id, other.id]]);
  expect(await findSubject(tenant.id, 'nobody\u0000')).toMatchObject({ candidates: [] });
  expect(await findSubject((await newTenant()).id, 'dana')).toMatchObject({ candidates: [] });
});

test('every event is a sentence in both languages, with any combination of details', async () => {
  const details: AuditDetail[] = [
    {},
    { by: 'administrator', ended: 2, role: 'administrator', left: 0, factor: 'totp' },
  ];
  for (const locale of ['en', 'fr'] as const) {
    for (const event of AUDIT_EVENTS) {
      for (const detail of details) {
        for (const subjectId of [null, 'a']) {
          const words = sentenceOf(
            { ...blank, event, detail, subjectId },
            new Map([['a', 'Dana Reyes']]),
            sayIn(locale),
          );
          expect(words).toMatch(/^\p{Lu}.*\.$/u);
          expect(words).not.toMatch(/[{}]|undefined|null|events\.[a-z]/);
        }
      }
    }
  }
  const gone = sentenceOf({ ...blank, event: 'from_the_future', actorId: 'b' }, new Map(), sayIn('en'));
  expect(gone).toBe('A person who is gone: from_the_future');
});

test('features of a tenant and a repeated password are named in the reader’s language', () => {
  const names = new Map([['a', 'Maple']]);
  const switched = { what: 'entitlements', name: 'security-policies, phone' };
  const words = (event: AuditEvent, detail: AuditDetail) =>
    sentenceOf({ ...blank, event, detail, subjectId: 'a' }, names, sayIn('fr'));
  expect(words('tenant_update', switched)).toContain('Politiques de sécurité, Téléphone');
  expect(words('authn_password_change_fail', { what: 'again' })).toBe(
    'Le mot de passe redemandé à Maple était erroné.',
  );
  expect(words('authn_password_change_fail', { what: null })).toContain(
    'Un changement de mot de passe de Maple a échoué',
  );
});

test('a name that is written like a message is words', () => {
  const names = new Map([['a', "{actor} '<b>' {x, plural, other {#}}"]]);
  const words = sentenceOf({ ...blank, event: 'authn_logout', subjectId: 'a' }, names, sayIn('en'));
  expect(words).toBe("{actor} '<b>' {x, plural, other {#}} signed out.");
});

test('an export holds every event once, whole pages of them, and says that it was made', async () => {
  const { tenant, chain } = await trail();
  for (let index = 0; index < 30; index++) await add(chain, 'authn_unlock', { detail: { name: '=1+1' } });
  const lines = (await textOf(exportAudit(chain, {}, 'jsonl', sayIn('en'), cause))).trimEnd().split('\n');
  const parsed = lines.map((line) => JSON.parse(line));
  expect(parsed.map(({ seq }) => seq)).toEqual(parsed.map((_, index) => index + 1));
  expect(parsed.at(-1)).toMatchObject({ event: 'audit_export', detail: { format: 'jsonl' } });
  const csv = await textOf(exportAudit(chain, { events: ['authn_logout'] }, 'csv', sayIn('fr'), cause));
  const rows = csv.trimEnd().split('\r\n');
  expect(rows[0]).toBe(
    '\u{feff}seq,at,event,sentence,actor,actor_id,subject,subject_id,address,request_id,detail,holds',
  );
  expect(rows).toHaveLength(1 + parsed.filter(({ event }) => event === 'authn_logout').length);
  expect(rows[1]).toContain('s’est déconnecté.');
  expect(csv).not.toContain((await newTenant()).id);
  expect(tenant.id).toBe(chain);
});

test('no cell of a CSV file is a formula', () => {
  expect(csvLine(['=1+1', '+1', '-1', '@x', '\t=1', ' =1', '＝1', 'a=1', -5, null, 'a"b', 'a,b', 'a\r\nb'])).toBe(
    `'=1+1,'+1,'-1,'@x,"'\t=1",' =1,'＝1,a=1,-5,,"a""b","a,b","a\r\nb"\r\n`,
  );
});

const blank: ListedEvent = {
  seq: 1,
  at: new Date(0),
  event: '',
  actorId: null,
  subjectId: null,
  address: '10.0.0.1',
  requestId: 'tests',
  detail: {},
};

async function trail() {
  const tenant = await newTenant();
  const people = [(await newUser(tenant)).id, (await newUser(tenant)).id];
  const kinds: AuditEvent[] = ['authn_logout', 'authn_unlock', 'authn_login_success'];
  for (let index = 0; index < 60; index++) {
    const [actor = null, subject = null] = [people[index % 2], people[(index >> 1) % 2]];
    const address = `10.0.0.${index % 4}`;
    await add(tenant.id, kinds[index % 3] ?? 'authn_logout', { actorId: actor, subjectId: subject, address });
  }
  // Several at one moment: their order is their number's.
  await admin()`update audit_events set at = date_trunc('second', at) where tenant_id = ${tenant.id}`;
  return { tenant, chain: tenant.id, people };
}

type Details = { actorId?: string | null; subjectId?: string | null; address?: string; detail?: AuditDetail };

async function add(
  chain: string,
  event: AuditEvent,
  { actorId = null, subjectId = null, address = '10.0.0.1', detail = {} }: Details,
) {
  await withTenant(chain, async (tx) =>
    record(tx, chain, { ...cause, actorId, address }, event, { subjectId, detail }),
  );
}

async function pagesOf(chain: string, filter: AuditFilter, oldestFirst: boolean, limit: number) {
  const events: ListedEvent[] = [];
  for (let after: string | undefined, more = true; more; ) {
    const page = await listAudit(chain, filter, { limit, after, oldestFirst });
    events.push(...page.events);
    after = page.next;
    more = after !== undefined;
  }
  expect((await namesIn(chain, events)).size).toBeLessThanOrEqual(2);
  return events;
}

async function textOf(lines: AsyncGenerator<string>) {
  let text = '';
  for await (const piece of lines) text += piece;
  return text;
}

function sayIn(locale: 'en' | 'fr'): Say {
  const messages = allMessages(locale);
  return createTranslator({ locale, messages, namespace: 'audit', timeZone: 'UTC' }) as unknown as Say;
}
