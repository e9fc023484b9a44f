import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { hashToken, randomToken } from '@/lib/crypto';
import { MAIL_LIMITS } from '@/lib/emails/mail-limits';
import { eventsOf } from '@/tests/support/audit';
import { type Visitor, visitor } from '@/tests/support/browser';
import { admin } from '@/tests/support/clock';
import { fieldErrorsIn } from '@/tests/support/html';
import { instances } from '@/tests/support/instances';
import { hostOf, newTenant, newUser } from '@/tests/support/users';

/** Hostile files, names and hands at the pages of an administrator, against the built product. */

const running = instances();
type Tenant = Awaited<ReturnType<typeof newTenant>>;

const HEADER = 'username,first_name,last_name,email,role';
const NOBODY = '00000000-0000-4000-8000-000000000000';

describe('a file', () => {
  test('of a hundred megabytes is refused before it is read, and nothing has happened', async () => {
    const { tenant, boss, browser } = await company();
    const before = await peopleOf(tenant);
    expect(await sendMegabytes(browser, '/admin/users/import', 100)).toBe(413);
    expect(await sendMegabytes(browser, '/admin/users/new', 1)).toBe(413);
    expect([await peopleOf(tenant), await importsOf(tenant)]).toEqual([before, []]);
    expect((await browser.get(`/admin/users/${boss.id}`)).status).toBe(200);
  });

  test('a little too large, of too many lines, or of the wrong kind, is refused in words', async () => {
    const { tenant, browser } = await company();
    const line = 'a.b,A,B,,agent\n';
    const files: [string, Buffer, RegExp][] = [
      ['large', Buffer.alloc(10 * 1024 * 1024 + 1, line), /larger than 10 MB/],
      ['lines', Buffer.from(`${HEADER}\n${line.repeat(20_001)}`), /more than 20,000 lines/],
      ['spreadsheet', Buffer.concat([Buffer.from('PK\x03\x04'), randomBytes(500)]), /not a CSV file/],
      ['old spreadsheet', Buffer.from('d0cf11e0a1b11ae1', 'hex'), /not a CSV file/],
      ['PDF', Buffer.from('%PDF-1.7\n%%EOF'), /not a CSV file/],
      ['picture', Buffer.from('89504e470d0a1a0a0000', 'hex'), /not a CSV file/],
      ['zeros', Buffer.from(`${HEADER}\na.b,A\0B,C,,agent`), /not a CSV file/],
      ['open quotation', Buffer.from(`${HEADER}\na.b,"A,B,,agent\n`), /quotation mark near line/],
      ['nothing', Buffer.alloc(0), /Choose a CSV file/],
      ['a mark and nothing', Buffer.from('\ufeff'), /nobody in this file/],
      ['a header alone', Buffer.from(`${HEADER}\r\n\r\n`), /nobody in this file/],
    ];
    for (const [what, file, words] of files) {
      const answer = await upload(browser, file);
      expect([what, answer.status, answer.text]).toEqual([what, 200, expect.stringMatching(words)]);
    }
    expect(await importsOf(tenant)).toEqual([]);
  });

  test('says who it is whatever wrote it: mark, semicolons, mixed line ends, old code pages', async () => {
    const rows = ['username;first_name;last_name;email;role', 'zoe.cote;Zoé;Côté;;agent', 'li.wu;李;吴;li@x.example;'];
    const latin = ['username;first_name;last_name', 'zoe.cote;Zoé;Côté'].join('\r\n');
    const files: [Buffer, string[]][] = [
      [Buffer.from(`\ufeff${rows[0]}\r\n${rows[1]}\n\n${rows[2]}\r`), ['Zoé Côté', '李 吴']],
      [Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(rows.join('\r'), 'utf16le')]), ['Zoé Côté', '李 吴']],
      [Buffer.from(latin, 'latin1'), ['Zoé Côté']],
      [Buffer.from(rows.join('\n').replaceAll(';', '\t')), ['Zoé Côté', '李 吴']],
    ];
    for (const [file, names] of files) {
      const { tenant, browser } = await company();
      const path = await planned(browser, file);
      await browser.submit(path, {}, { button: /Apply/ });
      expect(await applied(tenant)).toMatchObject({ state: 'applied' });
      const made = (await peopleOf(tenant)).filter(({ username }) => username !== 'boss').map(({ name }) => name);
      expect(made).toEqual(names);
    }
  });

  test('lines with formulas, line ends, writing direction marks, unknown roles or the actor’s own role are rejected by number', async () => {
    const { tenant, browser } = await company();
    const before = await peopleOf(tenant);
    const lines = [
      `one,=cmd|'/c calc'!A0,B,,agent`,
      'two,@sum,B,,agent',
      'three,"A\r\nB",C,,agent',
      'four,\u202egnp.exe,C,,agent',
      'five,A\u0007,C,,agent',
      'six,A,C,,operator',
      'seven,A,C,"a@x.example\r\nBcc: all@x.example",agent',
      'eight,A,C,,__proto__',
      'boss,Robin,Achterberg,,agent',
      '<script>alert(1)</script>,A,C,,agent',
    ];
    const path = await planned(browser, Buffer.from([HEADER, ...lines].join('\n')));
    const page = await browser.get(path);
    expect(page.body).not.toContain('<script>alert');
    expect(page.body).not.toContain('\u202e');
    const refused = await admin()`
      select line, reasons from import_lines where tenant_id = ${tenant.id} and verdict = 'refused' order by line`;
    expect(refused.map(({ reasons }) => reasons[0])).toEqual([
      'firstName',
      'firstName',
      'firstName',
      'firstName',
      'firstName',
      'role',
      'email',
      'role',
      'own-role',
      'username',
    ]);
    const report = await browser.get(`${path}/report`);
    expect(report.headers['content-disposition']).toMatch(/^attachment/);
    for (const cell of parsed(report.body).flat()) expect(cell).not.toMatch(/^\s*[=+@-]/);
    expect(await peopleOf(tenant)).toEqual(before);
  });

  test('half of which is refused is applied only by who leaves that half out', async () => {
    const { tenant, browser } = await company();
    const path = await planned(browser, Buffer.from(`${HEADER}\ngood.one,A,B,,agent\nbad one,A,B,,agent\n`));
    const refused = await browser.submit(path, {}, { button: /Apply/ });
    expect(refused.status).toBe(200);
    expect((await importsOf(tenant))[0]).toMatchObject({ state: 'planned' });
    await browser.post(path, await browser.form(path, [], /Apply/), { withoutRefused: 'on' });
    expect(await applied(tenant)).toMatchObject({ state: 'applied' });
    expect((await peopleOf(tenant)).map(({ username }) => username)).toEqual(['boss', 'good.one']);
    const again = await browser.get(path);
    expect(again.body).not.toMatch(/name="withoutRefused"/);
  });
});

describe('a name', () => {
  test('that forges a line, turns the writing round or is reckoned is refused at its field, on either page', async () => {
    const { tenant, boss, browser } = await company();
    const before = await peopleOf(tenant);
    const hostile: [string, string][] = [
      ['firstName', 'A\r\nBcc: all@x.example'],
      ['firstName', '=HYPERLINK("https://evil.example")'],
      ['lastName', '\u202eexe.gnp'],
      ['lastName', '\u2066A\u2069'],
      ['lastName', '\u200b'],
      ['lastName', 'x'.repeat(81)],
      ['username', 'boss\r\nx'],
      ['username', 'bоss'],
      ['email', 'a@x.example\r\nBcc: b@x.example'],
      ['email', 'a@x.example,b@x.example'],
      ['extension', '12;rm'],
    ];
    for (const [field, value] of hostile) {
      for (const path of ['/admin/users/new', `/admin/users/${boss.id}/edit`]) {
        const person = { firstName: 'A', lastName: 'B', username: 'a.b', extension: '', email: '' };
        const answer = await browser.submit(path, { ...person, [field]: value });
        expect([path, field, value, Object.keys(fieldErrorsIn(answer.body))]).toEqual([path, field, value, [field]]);
      }
    }
    expect(await peopleOf(tenant)).toEqual(before);
  });
});

describe('what is another’s', () => {
  test('is answered like what there is not, at every page; an agent finds no page at all', async () => {
    const { tenant, browser } = await company();
    const foreign = await company();
    await planned(foreign.browser, Buffer.from(`${HEADER}\ngood.one,A,B,,agent\n`));
    const [theirs] = await importsOf(foreign.tenant);
    const pages = (user: string, file: string) => [
      `/admin/users/${user}`,
      `/admin/users/${user}/edit`,
      `/admin/users/import/${file}`,
      `/admin/users/import/${file}/report`,
      `/admin/users/bulk/${file}`,
    ];
    const none = await Promise.all(pages(NOBODY, NOBODY).map((path) => browser.get(path)));
    for (const [at, path] of pages(foreign.boss.id, String(theirs?.id)).entries()) {
      const answer = await browser.get(path);
      expect([path, answer.status, answer.text]).toEqual([path, 404, none[at]?.text]);
      expect(answer.body).not.toContain(foreign.boss.username);
    }
    for (const path of pages('1', "' or 1=1")) expect((await browser.get(encodeURI(path))).status).toBe(404);
    expect((await eventsOf(tenant, 'authz_fail')).length).toBe(0);

    const agent = await signedIn(tenant, await newUser(tenant, { username: 'agent.one' }));
    for (const path of [
      '/admin/users',
      '/admin/users/new',
      '/admin/users/import',
      '/admin/users/export',
      ...pages(NOBODY, NOBODY),
    ]) {
      expect([path, (await agent.get(path)).status]).toEqual([path, 404]);
    }
    const nobody = visitor({ port: running.app().port, host: hostOf(tenant) });
    for (const path of ['/admin/users', '/admin/users/export']) {
      expect([path, (await nobody.get(path)).location]).toEqual([path, expect.stringContaining('/sign-in')]);
    }
  });

  test('a role that there is not cannot be given', async () => {
    const { tenant, boss, browser } = await company();
    const other = await newUser(tenant, { username: 'other', role: 'agent' });
    const before = await peopleOf(tenant);
    for (const role of ['operator', 'owner', 'Administrator', '', 'constructor']) {
      const person = { firstName: 'A', lastName: 'B', username: 'a.b', extension: '', email: '', role };
      const made = await browser.submit('/admin/users/new', person);
      expect([role, made.status, fieldErrorsIn(made.body)]).toEqual([role, 400, { role: expect.any(String) }]);
      const given = await browser.submit(`/admin/users/${other.id}`, { user: other.id, role });
      expect([role, given.status]).toEqual([role, 400]);
    }
    expect(await peopleOf(tenant)).toEqual(before);
    expect(boss.id).not.toBe(other.id);
  });
});

describe('two administrators', () => {
  test('who edit the same user: the second sees what the first saved and loses no input', async () => {
    const { tenant, browser } = await company();
    const second = await signedIn(tenant, await newUser(tenant, { username: 'second', role: 'administrator' }));
    const edited = await newUser(tenant, { username: 'edited', firstName: 'Old' });
    const path = `/admin/users/${edited.id}/edit`;
    const [mine, theirs] = [await browser.form(path, ['firstName']), await second.form(path, ['firstName'])];
    const version = Object.fromEntries(theirs.fields).version;
    expect((await browser.post(path, mine, { firstName: 'First' })).status).toBe(303);
    const late = await second.post(path, theirs, { firstName: 'Second', lastName: 'Typed' });
    expect([late.status, fieldErrorsIn(late.body)]).toEqual([
      409,
      { firstName: expect.stringContaining('First'), lastName: expect.stringContaining('Achterberg') },
    ]);
    expect(late.body).toContain('value="Typed"');
    expect((await peopleOf(tenant)).find(({ username }) => username === 'edited')?.name).toBe('First Achterberg');
    // Neither can say that he has seen what he has not.
    const forged = await second.post(path, theirs, { firstName: 'Second', version: String(Number(version) + 7) });
    expect(Object.keys(fieldErrorsIn(forged.body))).toContain('firstName');
  });

  test('who take the role from each other at the same moment: one of them keeps it', async () => {
    const { tenant, boss, browser } = await company();
    const other = await newUser(tenant, { username: 'second', role: 'administrator' });
    const second = await signedIn(tenant, other);
    const [one, two] = await Promise.all([
      browser.form(`/admin/users/${other.id}`, ['role']),
      second.form(`/admin/users/${boss.id}`, ['role']),
    ]);
    const answers = await Promise.all([
      browser.post(`/admin/users/${other.id}`, one, { role: 'agent' }),
      second.post(`/admin/users/${boss.id}`, two, { role: 'agent' }),
    ]);
    for (const { status } of answers) expect([200, 404]).toContain(status);
    const [row] = await admin()`
      select count(*)::int as count from users where tenant_id = ${tenant.id} and role = 'administrator' and status = 'active'`;
    expect(row?.count).toBe(1);
  });

  test('the last one cannot be made an agent, disabled or deleted, not by a file either', async () => {
    const { tenant, boss, browser } = await company();
    const before = await peopleOf(tenant);
    const path = `/admin/users/${boss.id}`;
    for (const fields of [{ role: 'agent' }, { status: 'disabled' }]) {
      const answer = await browser.submit(path, fields);
      expect([fields, answer.status, answer.message]).toEqual([
        fields,
        200,
        expect.stringMatching(/last active administrator/),
      ]);
    }
    const page = await browser.get(path);
    expect(page.text).not.toMatch(/Delete for good/);
    const file = await planned(browser, Buffer.from(`${HEADER}\nboss,Robin,Achterberg,,agent\n`));
    expect((await browser.get(file)).text).toMatch(/own role/i);
    expect(await peopleOf(tenant)).toEqual(before);
  });
});

test('an export contains no formulas, and is refused without the permission', async () => {
  const { tenant, browser } = await company();
  const names = ['=1+1', '+1', '-1', '@x', '\t=1', '  =1', '＝1', 'A "B", C', "O'Neil"];
  for (const [at, name] of names.entries()) {
    await admin()`
      insert into users (tenant_id, username, first_name, last_name) values (${tenant.id}, ${`n${at}`}, ${name}, 'Z')`;
  }
  const file = await browser.get('/admin/users/export');
  expect(file.headers).toMatchObject({
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': expect.stringMatching(/^attachment; filename="users-[a-z0-9-]+\.csv"/),
    'x-content-type-options': 'nosniff',
    'cache-control': expect.stringContaining('no-store'),
  });
  const cells = parsed(file.body).flat();
  for (const cell of cells) expect(cell).not.toMatch(/^\s*[=+\-@＝]/);
  expect(cells).toEqual(expect.arrayContaining(["'=1+1", 'A "B", C', "O'Neil"]));
  expect(await eventsOf(tenant, 'users_export')).toHaveLength(1);
});

/** A tenant with one administrator, signed in. */
test('a new user whose invitation meets the mail limit is shown as not invited', async () => {
  const { tenant, boss, browser } = await company();
  const full = MAIL_LIMITS.invitation.sender ?? { most: 0, window: 1 };
  const [key, window] = [`mail:invitation:sender:${boss.id}`, full.window / 1000];
  await admin()`
    insert into volume_limits (key, "window", count)
    values (${key}, floor(extract(epoch from now()) / ${window}) * ${window}, ${full.most})`;
  const person = { firstName: 'Nora', lastName: 'New', email: 'nora@x.example', role: 'agent' };
  const added = await browser.submit('/admin/users/new', { ...person, username: 'nora', invite: 'on' });
  expect(added.location).toMatch(/^\/admin\/users\/[0-9a-f-]{36}\?invitation=too-many-mails$/);
  const page = await browser.get(added.location ?? '');
  expect(page.text).toContain('The user was created, but the invitation was not sent');
  expect(await eventsOf(tenant, 'user_invite')).toEqual([]);
  await admin()`delete from volume_limits where key = ${key}`;
  await browser.submit(added.location ?? '', {}, { button: 'Invite' });
  expect((await browser.get(added.location ?? '')).text).not.toContain('the invitation was not sent');
});

async function company() {
  const tenant = await newTenant();
  const boss = await newUser(tenant, { username: 'boss', role: 'administrator', email: null });
  return { tenant, boss, browser: await signedIn(tenant, boss) };
}

async function signedIn(tenant: Tenant, { id }: { id: string }) {
  const token = randomToken();
  await admin()`
    insert into sessions (tenant_id, user_id, token_hash, factor, address, user_agent, absolute_until)
    values (${tenant.id}, ${id}, ${hashToken(token)}, 'totp', '127.0.0.1', 'tests', now() + interval '1 hour')`;
  const browser = visitor({ port: running.app().port, host: hostOf(tenant) });
  browser.jar.set('__Host-sid', token);
  return browser;
}

async function upload(browser: Visitor, file: Buffer) {
  const path = '/admin/users/import';
  return browser.post(path, await browser.form(path, [], 'Continue'), { file: { file, name: 'people.csv' } });
}

/** Returns the page of a file that has been taken and checked as its header suggests. */
async function planned(browser: Visitor, file: Buffer) {
  const taken = await upload(browser, file);
  const path = taken.location ?? '';
  expect(path).toMatch(/^\/admin\/users\/import\/[0-9a-f-]{36}(\?encoding=[\w-]+)?$/);
  const checked = await browser.submit(path, {}, { button: /Check/ });
  expect(checked.status).toBe(200);
  return path;
}

/** Returns the import once it is over. */
async function applied(tenant: Tenant) {
  return expect
    .poll(async () => (await importsOf(tenant))[0], { timeout: 20_000 })
    .toMatchObject({ state: expect.stringMatching(/applied|failed/) })
    .then(async () => (await importsOf(tenant))[0]);
}

async function importsOf({ id }: Tenant) {
  return [...(await admin()`select id, state from imports where tenant_id = ${id}`)];
}

async function peopleOf({ id }: Tenant) {
  const rows = await admin()`
    select username, first_name || ' ' || last_name as name, email, role, status from users where tenant_id = ${id}
    order by created_at, username desc`;
  return rows.map(({ username, name, email, role, status }) => ({ username, name, email, role, status }));
}

/** Returns the status that so much is answered with, sent as fast as it is taken. */
function sendMegabytes({ jar, origin }: Visitor, path: string, megabytes: number) {
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  return new Promise<number>((resolve, reject) => {
    const sent = request({
      host: '127.0.0.1',
      port: running.app().port,
      path,
      method: 'POST',
      agent: false,
      headers: {
        host: new URL(origin).host,
        origin,
        cookie,
        'content-type': 'multipart/form-data; boundary=x',
        'content-length': String(megabytes * 1024 * 1024),
      },
    });
    let answered = false;
    sent.on('response', (response) => {
      answered = true;
      resolve(response.statusCode ?? 0);
      sent.destroy();
    });
    // The connection may be closed while we are still sending.
    sent.on('error', (error) => !answered && reject(error));
    const piece = Buffer.alloc(1024 * 1024, 'a');
    let left = megabytes;
    const more = () => {
      while (left-- > 0 && !answered) if (!sent.write(piece)) return void sent.once('drain', more);
    };
    more();
  });
}

/** The cells of a CSV file as a spreadsheet takes them. */
function parsed(text: string) {
  const lines = text.replace(/^\ufeff/, '').split('\r\n');
  return lines
    .filter(Boolean)
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) =>
        quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'),
      ),
    );
}
