import { setInterval } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { withTenant } from '@/db';
import type { Cause } from '@/lib/audit/record';
import { verifyAudit } from '@/lib/audit/verify';
import { applyImport } from '@/lib/users/import/apply';
import { lineChecker } from '@/lib/users/import/check';
import { guessMapping, type Mapping } from '@/lib/users/import/columns';
import { findImport, listImportLines } from '@/lib/users/import/imports';
import { planImport } from '@/lib/users/import/plan';
import { readCsv } from '@/lib/users/import/read';
import { startImport } from '@/lib/users/import/start';
import { uploadFile } from '@/lib/users/import/upload';
import { inviteUser } from '@/lib/users/invite';
import { listUsers } from '@/lib/users/list';
import { findUser } from '@/lib/users/users';
import { eventsOf } from '@/tests/support/audit';
import { admin } from '@/tests/support/clock';
import { newTenant, newUser } from '@/tests/support/users';

type Tenant = Awaited<ReturnType<typeof newTenant>>;

describe('a file', () => {
  test('is read whatever program wrote it', async () => {
    const text = 'username;first_name;last_name\r\nandré;"Noël; Ève";Côté\n\nb;c;d\re;f;"g\nh"\ni;j;k';
    const wanted = [
      { line: 2, cells: ['andré', 'Noël; Ève', 'Côté'] },
      { line: 4, cells: ['b', 'c', 'd'] },
      { line: 5, cells: ['e', 'f', 'g\nh'] },
      { line: 7, cells: ['i', 'j', 'k'] },
    ];
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
    const forms = {
      plain: Buffer.from(text),
      'with a mark': Buffer.from(`\ufeff${text}`),
      'Windows-1252': Buffer.from(text, 'latin1'),
      'UTF-16': utf16,
      tabs: Buffer.from(text.replaceAll(';', '\t').replace('Noël\t', 'Noël;')),
      commas: Buffer.from(text.replaceAll(';', ',').replace('Noël,', 'Noël;')),
    };
    for (const [form, bytes] of Object.entries(forms)) {
      const read = await readCsv(bytes);
      expect([form, read.ok && read.header]).toEqual([form, ['username', 'first_name', 'last_name']]);
      expect([form, read.ok && read.lines]).toEqual([form, wanted]);
    }
  });

  test('names its separator, and keeps leading zeros that a spreadsheet protects', async () => {
    for (const [first, mark] of [
      ['sep=;', ';'],
      ['SEP=,', ','],
      ['"sep=|"', '|'],
      ['sep=\t', '\t'],
    ]) {
      const text = `${first}\r\nusername${mark}extension\r\nann${mark}="0201"\r\nbo${mark}"=""007"""\r\n`;
      const read = await readCsv(Buffer.from(text));
      expect(read.ok && read.header).toEqual(['username', 'extension']);
      expect(read.ok && read.lines).toEqual([
        { line: 3, cells: ['ann', '0201'] },
        { line: 4, cells: ['bo', '007'] },
      ]);
    }
  });

  test.each(['\r\n', '\n', '\r'])('counts lines by %j, also where a cell has several', async (end) => {
    const lines = ['username,first_name', 'zoe,"Zo\u00e9', 'Maria"', '', 'bob,Bob', 'eve,"E', '', 've"', 'last,x'];
    const text = lines.join(end);
    const read = await readCsv(Buffer.from(text));
    expect(read.ok && read.lines.map(({ line, cells }) => [line, cells[0]])).toEqual([
      [2, 'zoe'],
      [5, 'bob'],
      [6, 'eve'],
      [9, 'last'],
    ]);
    const open = await readCsv(Buffer.from(`${text}${end}open,"never closed${end}a,b${end}c,d`));
    expect(open).toMatchObject({ ok: false, error: 'file-quotes', line: 10 });
  });

  test('stores nothing of columns that hold secrets', async () => {
    const { tenant, cause } = await company();
    const names = ['secret', 'AuthPassword', 'Voicemail PIN', 'user_password', 'Mot de passe', 'vm_pin', 'NIP'];
    const plain = ['username', 'extension', 'Shipping address', 'WebMeetingPrivateRoom', 'opinion'];
    const header = [...plain, ...names].join(',');
    const cells = [...plain.map((_, at) => `plain${at}`), ...names.map((_, at) => `canary${at}`)].join(',');
    const id = await taken(tenant, cause, `${header}\n${cells}\n`);
    const [{ text } = { text: '' }] = await admin()<{ text: string }[]>`
      select string_agg(l::text, ' ') as text from import_lines l where import_id = ${id}`;
    expect([text.includes('canary'), plain.every((_, at) => text.includes(`plain${at}`))]).toEqual([false, true]);
    expect((await findImport(tenant, id))?.header).toEqual([...plain, ...names]);
  });

  test('may write addresses as mail programs do', () => {
    const none = { byUsername: new Map(), byExtension: new Map(), byEmail: new Map(), room: 9 };
    const check = lineChecker({ username: 0, firstName: 1, lastName: 2, email: 3 }, none, null);
    for (const [at, cell] of ['Ann Lee <ann@x.example>', 'mailto:ann@x.example', '<ann@x.example>'].entries())
      expect(check({ line: at, cells: [`ann${at}`, 'Ann', 'Lee', cell] }).user?.email).toBe('ann@x.example');
    expect(check({ line: 9, cells: ['bo', 'Bo', 'Lund', 'Ann <not an address>'] }).reasons).toEqual(['email']);
  });

  test('without names of columns asks what its first line is, and loses no user', async () => {
    const bytes = Buffer.from('ann,4033,Ann,Lee,ann@x.example\nbo,4034,Bo,Lund,bo@x.example\n');
    const { tenant, cause } = await company();
    expect(await uploadFile(tenant, { name: 'a.csv', bytes }, cause)).toMatchObject({
      ok: false,
      error: 'header-missing',
      field: 'firstLine',
    });
    const file = await uploadFile(tenant, { name: 'a.csv', bytes, firstLine: 'user' }, cause);
    if (!file.ok) throw new Error(file.error);
    const mapping = { username: 0, extension: 1, firstName: 2, lastName: 3, email: 4 };
    const plan = await planImport(tenant, file.id, { mapping, invite: false }, cause);
    expect(plan).toMatchObject({ ok: true, counts: { create: 2, refused: 0 } });
    const many = (count: number) => Buffer.from('ann,4033,Ann,Lee\n'.repeat(count));
    expect(await readCsv(many(20_001), { firstLine: 'user' })).toMatchObject({ ok: false, error: 'file-lines' });
    expect(await readCsv(many(20_000), { firstLine: 'user' })).toMatchObject({ ok: true });
    const names = await readCsv(bytes, { firstLine: 'names' });
    expect(names.ok && names.lines).toHaveLength(1);
    const unknown = await readCsv(Buffer.from('gebruiker,naam\nann,Lee\n'));
    expect(unknown.ok && unknown.header).toEqual(['gebruiker', 'naam']);
  });

  test('of another kind, empty, too long or broken is refused with what is wrong', async () => {
    const header = 'username,first_name\n';
    for (const [bytes, error] of [
      [Buffer.from(''), 'file-empty'],
      [Buffer.from(header), 'file-empty'],
      [Buffer.from(`${header},,\n  \n`), 'file-empty'],
      [Buffer.from('PK\x03\x04 and so on'), 'file-kind'],
      [Buffer.from('%PDF-1.7'), 'file-kind'],
      [Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10]), 'file-kind'],
      [Buffer.from(`${header}a\0b,c`), 'file-kind'],
      [Buffer.from(`${header}a,"b\nc,d`), 'file-quotes'],
      [Buffer.from(`${header}${'a,b\n'.repeat(20_001)}`), 'file-lines'],
      [Buffer.alloc(10 * 1024 * 1024 + 1, 'a'), 'file-large'],
    ] as const) {
      expect(await readCsv(bytes)).toMatchObject({ ok: false, error });
    }
  });

  test('names its columns in English or French', () => {
    expect(guessMapping(['First Name', 'Last name', 'E-mail', 'User name', 'Ext.', 'Role'])).toEqual({
      firstName: 0,
      lastName: 1,
      email: 2,
      username: 3,
      extension: 4,
      role: 5,
    });
    expect(guessMapping(['Prénom', 'Nom', 'Courriel', 'Nom d’utilisateur', 'Poste', 'Rôle', 'Langue'])).toEqual({
      firstName: 0,
      lastName: 1,
      email: 2,
      username: 3,
      extension: 4,
      role: 5,
      language: 6,
    });
  });
});

describe('the dry run', () => {
  test('says of every line what it would do, with its number and the reasons, and does nothing', async () => {
    const { tenant, cause } = await company();
    const other = await newUser(tenant, { username: 'olga', extension: '300', firstName: 'Olga', lastName: 'Brandt' });
    const id = await taken(
      tenant,
      cause,
      [
        'username,extension,first_name,last_name,email,role,language',
        'new.one,401,Nina,Okafor,nina@acme.example,agent,fr',
        'olga,300,Olga,Brandt,olga.brandt@acme.example,,',
        'olga,,Olga,Brandt,,,',
        'new.two,300,Tom,Lee,nina@acme.example,admin,English',
        'new.three,4,Tom,Lee,not an address,owner,klingon',
        '9lives,,Tom,Lee,,,',
        ',,Tom,Lee,,,',
        'new.four,,=1+1,"Line\nbreak",,,',
        'new.five,,Tom,\u202egnaL,,,',
        'new.six,,,,,,',
        'boss,,,,,agent,',
        'new.seven,401,Tom,Lee,,,',
        'new.eight,402,Tom,Lee,NINA@acme.example,,',
      ].join('\n'),
    );
    expect(await planned(tenant, id, cause)).toEqual({ create: 2, change: 1, same: 0, refused: 10 });
    const lines = await listImportLines(tenant, id, { limit: 100 });
    expect(lines.map(({ line, verdict, reasons }) => [line, verdict, reasons])).toEqual([
      [2, 'create', []],
      [3, 'change', ['changed:email']],
      [4, 'refused', ['twice-username:3']],
      [5, 'refused', ['extension-taken:olga']],
      [6, 'refused', ['extension', 'email', 'role', 'language']],
      [7, 'refused', ['username']],
      [8, 'refused', ['username-missing']],
      [9, 'refused', ['firstName', 'lastName']],
      [11, 'refused', ['lastName']],
      [12, 'refused', ['firstName-missing', 'lastName-missing']],
      [13, 'refused', ['own-role']],
      [14, 'refused', ['twice-extension:2']],
      [15, 'create', ['email-shared']],
    ]);
    expect((await listUsers(tenant, {})).total).toBe(2);
    expect((await findUser(tenant, other.id))?.email).toBe(other.email);
    expect(await startImport(tenant, id, false, cause)).toMatchObject({
      ok: false,
      error: 'import-refused',
      count: 10,
    });
  });

  test('refuses a mapping that names no username, a column twice, or one that is not there', async () => {
    const { tenant, cause } = await company();
    const id = await taken(tenant, cause, 'username,first_name,last_name\na.b,C,D');
    for (const mapping of [
      {},
      { firstName: 1 },
      { username: 0, email: 0 },
      { username: 7 },
      { username: -1 },
      { username: 0.5 },
    ] as Mapping[]) {
      expect(await planImport(tenant, id, { mapping, invite: false }, cause)).toMatchObject({
        ok: false,
        error: 'mapping',
      });
    }
  });

  test('and everything else of an import is unknown in another tenant', async () => {
    const [here, there] = [await company(), await company()];
    const id = await taken(here.tenant, here.cause, 'username,first_name,last_name\na.b,C,D');
    const mapping = { username: 0, firstName: 1, lastName: 2 };
    expect(await planImport(there.tenant, id, { mapping, invite: false }, there.cause)).toMatchObject({
      error: 'not-found',
    });
    expect(await startImport(there.tenant, id, false, there.cause)).toMatchObject({ error: 'not-found' });
    expect(await findImport(there.tenant, id)).toBeUndefined();
    expect(await listImportLines(there.tenant, id)).toEqual([]);
  });
});

test('the limit of users is of active ones, at the dry run and when it is applied', async () => {
  const { tenant, cause } = await company();
  await newUser(tenant, { status: 'disabled' });
  await admin()`update tenants set user_limit = 2 where id = ${tenant.id}`;
  const id = await taken(tenant, cause, 'username,first_name,last_name\na.b,C,D\nc.d,E,F');
  expect(await planned(tenant, id, cause)).toEqual({ create: 1, change: 0, same: 0, refused: 1 });
  await startImport(tenant, id, true, cause);
  await newUser(tenant);
  await applyImport(tenant, id);
  expect(await findImport(tenant, id)).toMatchObject({ state: 'failed', failure: 'user-limit' });
});

describe('applied', () => {
  test('it creates, changes and invites users, and each has an event', async () => {
    const { tenant, cause } = await company();
    const olga = await newUser(tenant, { username: 'olga', extension: '300', firstName: 'Olga', lastName: 'Brandt' });
    const idle = await newUser(tenant, { username: 'ivan', password: undefined });
    await inviteUser(tenant, idle.id, cause);
    const id = await taken(
      tenant,
      cause,
      [
        'username,extension,first_name,last_name,email,role',
        'nina,401,Nina,Okafor,nina@acme.example,administrator',
        'tom,,Tom,Lee,,',
        'olga,301,,,olga@new.example,',
        'boss,,,,,',
        'ivan,,,,ivan@new.example,',
        'wrong,1,A,B,,',
      ].join('\n'),
    );
    expect(await planned(tenant, id, cause, true)).toEqual({ create: 2, change: 2, same: 1, refused: 1 });
    expect(await startImport(tenant, id, true, cause)).toEqual({ ok: true });
    await Promise.all([applyImport(tenant, id), applyImport(tenant, id)]);
    await applyImport(tenant, id);
    expect(await findImport(tenant, id)).toMatchObject({ state: 'applied', done: 4 });
    const people = new Map((await listUsers(tenant, {})).users.map((user) => [user.username, user]));
    expect(people.size).toBe(5);
    expect(people.get('nina')).toMatchObject({
      extension: '401',
      role: 'administrator',
      invited: true,
      hasPassword: false,
    });
    expect(people.get('tom')).toMatchObject({ role: 'agent', invited: false, email: null });
    expect(people.get('olga')).toMatchObject({
      extension: '301',
      firstName: 'Olga',
      email: 'olga@new.example',
      version: 2,
    });
    expect(people.get('ivan')).toMatchObject({ invited: false });
    const mails = await admin()`
      select payload -> 'mail' ->> 'kind' as kind, payload ->> 'to' as to from graphile_worker._private_jobs
      where payload ->> 'tenantId' = ${tenant.id} and payload -> 'mail' is not null order by 1 desc, payload ->> 'to' desc`;
    expect(mails.map(({ kind, to }) => [kind, to])).toEqual([
      ['invitation', null],
      ['invitation', null],
      ['email-changed', olga.email],
      ['email-changed', idle.email],
    ]);
    const events = await eventsOf(tenant);
    const own = events.filter(({ detail }) => (detail as { import?: string }).import === id);
    expect(own.map(({ event }) => event)).toEqual([
      'user_create',
      'user_create',
      'user_update',
      'user_update',
      'users_import',
    ]);
    expect(own.at(-1)?.detail).toMatchObject({ created: 2, changed: 2, refused: 1 });
    expect((await verifyAudit(tenant.id)).ok).toBe(true);
    expect(await startImport(tenant, id, true, cause)).toMatchObject({ error: 'import-over' });
  });

  test('it changes nothing if a user changed since, a name was taken, or the administrator was demoted', async () => {
    for (const [meanwhile, failure] of [
      [(tenant: Tenant) => newUser(tenant, { username: 'tom' }), 'import-stale'],
      [(tenant: Tenant) => newUser(tenant, { extension: '401' }), 'import-stale'],
      [() => admin()`update users set last_name = 'Else' where username = 'olga'`, 'import-stale'],
      [() => admin()`update users set role = 'agent' where username = 'boss'`, 'not-administrator'],
      [() => admin()`update users set status = 'disabled' where username = 'boss'`, 'not-administrator'],
    ] as const) {
      const { tenant, cause } = await company();
      await newUser(tenant, { username: 'olga', email: null });
      const id = await taken(
        tenant,
        cause,
        'username,extension,first_name,last_name\nnina,401,N,O\ntom,,T,L\nolga,555,,',
      );
      await planned(tenant, id, cause, true);
      await startImport(tenant, id, false, cause);
      await meanwhile(tenant);
      const before = await listUsers(tenant, {});
      const events = (await eventsOf(tenant)).length;
      await applyImport(tenant, id);
      expect(await findImport(tenant, id)).toMatchObject({ state: 'failed', failure, done: 0 });
      expect(await listUsers(tenant, {})).toEqual(before);
      expect((await eventsOf(tenant)).length).toBe(events);
      await admin()`update users set role = 'administrator', status = 'active' where username = 'boss'`;
    }
  });

  test('ten thousand lines take less than a minute, with visible progress', {
    timeout: 120_000,
  }, async () => {
    const { tenant, cause } = await company();
    const rows = Array.from(
      { length: 10_000 },
      (_, n) => `agent.${n},${10_000 + n},First${n},Last${n % 977},a${n}@acme.example`,
    );
    const started = performance.now();
    const id = await taken(tenant, cause, ['username,extension,first_name,last_name,email', ...rows].join('\r\n'));
    expect(await planned(tenant, id, cause, true)).toEqual({ create: 10_000, change: 0, same: 0, refused: 0 });
    await startImport(tenant, id, false, cause);
    const seen = new Set<number>();
    const over = new AbortController();
    const watching = (async () => {
      for await (const _ of setInterval(100, undefined, { signal: over.signal })) {
        seen.add((await findImport(tenant, id))?.done ?? -1);
      }
    })().catch((error) => expect(error).toMatchObject({ name: 'AbortError' }));
    await applyImport(tenant, id).finally(() => over.abort());
    await watching;
    const took = performance.now() - started;
    console.log(`10,000 lines: ${Math.round(took)} ms, progress seen ${seen.size} times`);
    expect(took).toBeLessThan(60_000);
    expect(seen.size).toBeGreaterThan(5);
    expect(await findImport(tenant, id)).toMatchObject({ state: 'applied', done: 10_000 });
    expect(await listUsers(tenant, { q: 'agent.99' })).toMatchObject({ total: 111, uncounted: false });
    expect((await verifyAudit(tenant.id)).ok).toBe(true);
    const [words] = await withTenant(tenant.id, async (tx) => [
      ...(await tx.execute<{ count: number }>('select count(*)::int as count from invitations')),
    ]);
    expect(words?.count).toBe(10_000);
  });
});

async function company() {
  const tenant = await newTenant();
  const boss = await newUser(tenant, { username: 'boss', role: 'administrator' });
  await admin()`delete from graphile_worker._private_jobs`;
  const cause: Cause = { actorId: boss.id, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };
  return { tenant, boss, cause };
}

async function taken(tenant: Tenant, cause: Cause, text: string) {
  const file = await uploadFile(tenant, { name: 'people.csv', bytes: Buffer.from(text) }, cause);
  if (!file.ok) throw new Error(file.error);
  return file.id;
}

async function planned(tenant: Tenant, id: string, cause: Cause, invite = false) {
  const mapping = guessMapping((await findImport(tenant, id))?.header ?? []);
  const plan = await planImport(tenant, id, { mapping, invite }, cause);
  if (!plan.ok) throw new Error(plan.error);
  return plan.counts;
}
