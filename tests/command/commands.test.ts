import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMMANDS } from '@/bin/command/commands';
import { EXIT } from '@/bin/command/exit';
import { CAUSE } from '@/bin/command/outcome';
import { withTenant } from '@/db';
import { PROVIDER } from '@/lib/audit/provider';
import { record } from '@/lib/audit/record';
import { verifyAudit } from '@/lib/audit/verify';
import { hashToken } from '@/lib/crypto';
import { findOperatorByUsername } from '@/lib/operators/operators';
import { takeTry } from '@/lib/rate-limit/lockout';
import { newCodesOf, renewRecoveryCodes, spendRecoveryCode } from '@/lib/second-factor/recovery-codes';
import { eventsOf } from '@/tests/support/audit';
import { admin } from '@/tests/support/clock';
import { newOperator, operatorCodes, operatorSession } from '@/tests/support/operators';
import { type MailServer, startMailServer } from '@/tests/support/smtp';
import { enrolled, newTenant, newUser } from '@/tests/support/users';

/** Every command as an operator runs it, in a process of its own on this file's database. */

const NOBODY = 'no-such-account';
const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-command-'));
let mail: MailServer;

beforeAll(async () => {
  mail = await startMailServer();
});

afterAll(async () => {
  await mail.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('help', () => {
  test('names every command, and says more of each; the document has them all, and every exit code', async () => {
    const all = await gatehouse('help');
    expect([all.status, all.stderr]).toEqual([EXIT.done, '']);
    const document = readFileSync('docs/command-line.md', 'utf8');
    for (const [name, command] of Object.entries(COMMANDS)) {
      expect(all.stdout).toContain(`  ${name} `);
      expect(document).toContain(
        `\`${[name, ...(command?.words ?? [])].join(' ').replaceAll('|', '\\|').replace('<username or extension>', '<user>')}`,
      );
      for (const option of Object.keys(command?.options ?? {})) expect(document).toContain(`--${option}`);
    }
    for (const code of Object.values(EXIT)) expect(document).toContain(`| ${code} |`);
    const one = await gatehouse('help', 'import-users');
    expect(one.stdout).toMatch(/^gatehouse import-users <account ID> <file\.csv> \[--dry-run\]/);
    expect((await gatehouse('import-users', '--help')).stdout).toBe(one.stdout);
    expect((await gatehouse()).stdout).toBe(all.stdout);
  });

  test('what is no command, option or number of words is misused, in words or as JSON', async () => {
    const misused = [
      ['no-such-command'],
      ['help', 'no-such-command'],
      ['unlock', 'one'],
      ['unlock', 'one', 'two', 'three'],
      ['unlock', 'one', 'two', '--force'],
      ['suspend-tenant'],
      ['set-entitlement', 'a', 'phone'],
      ['create-operator', 'olive'],
      ['create-tenant', 'acme', '--name', 'Acme'],
      ['create-tenant', 'acme', '--name', 'Acme', '--language', 'de'],
      ['import-users', 'acme'],
      ['verify-audit', '--anchor', '1:x'],
    ];
    for (const words of misused) {
      const plain = await gatehouse(...words);
      expect([words, plain.status, plain.stdout, plain.stderr]).toEqual([
        words,
        EXIT.misused,
        '',
        expect.stringMatching(/^gatehouse: .+\n$/),
      ]);
    }
    const json = await gatehouse('unlock', 'one', '--json');
    expect([json.status, json.stderr, json.told]).toEqual([
      EXIT.misused,
      '',
      { ok: false, error: 'usage', message: expect.any(String) },
    ]);
  });

  test('an account that does not exist is refused', async () => {
    const file = written('one.csv', 'username,first_name,last_name\na.b,C,D\n');
    const asked = [
      ['suspend-tenant', NOBODY],
      ['resume-tenant', NOBODY],
      ['set-entitlement', NOBODY, 'phone', 'on'],
      ['import-users', NOBODY, file],
      ['reset-two-factor', NOBODY, 'x'],
      ['unlock', NOBODY, 'x'],
      ['end-sessions', NOBODY, 'x'],
      ['verify-audit', NOBODY],
      ['export-tenant', NOBODY, '--out', path.join(folder, 'none')],
    ];
    for (const words of asked) {
      const { status, told, stderr } = await gatehouse(...words, '--json');
      expect([words, status, told, stderr]).toEqual([
        words,
        EXIT.refused,
        { ok: false, error: 'no-tenant', message: expect.any(String) },
        '',
      ]);
    }
  });

  test('a user or an operator that does not exist is refused', async () => {
    const { accountId } = await newTenant();
    for (const name of ['reset-two-factor', 'unlock', 'end-sessions']) {
      expect(await gatehouse(name, accountId, 'nobody', '--json')).toMatchObject({
        status: EXIT.refused,
        told: { error: 'no-user' },
      });
    }
    expect(await gatehouse('reset-operator', 'nobody', '--json')).toMatchObject({
      status: EXIT.refused,
      told: { error: 'no-operator' },
    });
    expect((await gatehouse('unlock', accountId, 'nobody')).stderr).toMatch(/^gatehouse: There is no user/);
  });
});

describe('settings', () => {
  test('that are missing or wrong, and an unreachable database, have other exit codes than a refusal', async () => {
    const without = await gatehouse('unlock', 'a', 'b', '--json', { GATEHOUSE_SECRETS: '' });
    expect(without).toMatchObject({ status: EXIT.unavailable, told: { ok: false, error: 'settings' } });
    expect(without.told?.message).toMatch(/GATEHOUSE_SECRETS/);
    const wrong = await gatehouse('unlock', 'a', 'b', { PUBLIC_URL: 'http://example.com' });
    expect([wrong.status, wrong.stderr]).toEqual([EXIT.unavailable, expect.stringMatching(/PUBLIC_URL/)]);
    const away = new URL(process.env.DATABASE_URL ?? '');
    away.port = '9';
    const down = await gatehouse('suspend-tenant', 'a', '--json', { DATABASE_URL: away.href });
    expect(down).toMatchObject({ status: EXIT.unavailable, told: { ok: false, error: 'unavailable' } });
    expect(JSON.stringify(down)).not.toContain(away.password);
  });

  test('doctor checks all settings and says what to fix', async () => {
    const well = await gatehouse('doctor', '--json');
    expect(well).toMatchObject({ status: EXIT.done, told: { ok: true, well: true } });
    const plain = await gatehouse('doctor', '--mail', 'postmaster@gatehouse.test');
    expect([plain.status, plain.stdout]).toEqual([
      EXIT.done,
      expect.stringMatching(/✓ Database: .*\n✓ Database: .*\n✓ Keys: .*\n✓ Clocks: /),
    ]);
    expect(await mail.mail('postmaster@gatehouse.test', /doctor/)).toBeTruthy();
    expect((await gatehouse('doctor', '--mail', 'nobody')).status).toBe(EXIT.misused);
    const deaf = await gatehouse('doctor', '--json', { SMTP_URL: 'smtp://127.0.0.1:9' });
    expect(deaf).toMatchObject({ status: EXIT.found, told: { ok: false, well: false } });
    expect(deaf.told?.findings).toContainEqual({
      state: 'trouble',
      what: expect.stringMatching(/^Mail/),
      fix: expect.any(String),
    });
    const lost = await gatehouse('doctor', '--json', { DATABASE_URL: '', GATEHOUSE_DATA: folder });
    expect(lost).toMatchObject({ status: EXIT.found, told: { well: false, findings: [{ state: 'trouble' }] } });
    const superuser = await gatehouse('doctor', '--json', { DATABASE_URL: process.env.TEST_ADMIN_URL ?? '' });
    expect(superuser).toMatchObject({ status: EXIT.found });
    expect(superuser.told?.findings).toContainEqual({ state: 'trouble', what: 'Database', fix: expect.any(String) });
  });
});

describe('recovery codes made before key ids were stored', () => {
  test('work while their key is there, and doctor says how many there are once keys are rolled', async () => {
    const tenant = await newTenant();
    const user = await newUser(tenant);
    await enrolled(tenant, user);
    const codes = await withTenant(tenant.id, async (tx) => {
      await renewRecoveryCodes(tx, tenant.id, user.id, null);
      return (await newCodesOf(tx, tenant.id, user.id, null)) ?? [];
    });
    await admin()`update recovery_codes set key_id = null where user_id = ${user.id}`;
    expect((await gatehouse('doctor')).stdout).not.toContain('recovery codes');

    const [k1 = ''] = (process.env.GATEHOUSE_SECRETS ?? '').split(',');
    const rolled = { GATEHOUSE_SECRETS: `${k1},k2:${randomBytes(32).toString('base64')}` };
    const rolling = await gatehouse('doctor', rolled);
    expect(rolling.stdout).toMatch(
      /· Keys: \d+ recovery codes do not say which key made them\n.*Keep every earlier key/,
    );
    expect(await withTenant(tenant.id, (tx) => spendRecoveryCode(tx, tenant.id, user.id, codes[0] ?? ''))).toBe(true);

    const dropped = await gatehouse('doctor', { GATEHOUSE_SECRETS: `k3:${randomBytes(32).toString('base64')}` });
    expect([dropped.status, dropped.stdout]).toEqual([
      EXIT.found,
      expect.stringMatching(/✗ Keys: \d+ recovery codes do not say/),
    ]);
    await admin()`delete from recovery_codes where user_id = ${user.id}`;
  });
});

describe('tenants', () => {
  const person = ['--username', 'dana', '--first-name', 'Dana', '--last-name', 'Roy', '--email', 'dana@x.example'];

  test('one is opened with its first administrator invited, once, by the console’s rules', async () => {
    const made = await gatehouse(
      'create-tenant',
      'command-acme',
      '--name',
      'Acme',
      ...person,
      '--limit',
      '3',
      '--entitlements',
      'phone',
      '--json',
    );
    expect(made).toMatchObject({
      status: EXIT.done,
      told: {
        ok: true,
        tenant: 'command-acme',
        address: expect.stringContaining('command-acme'),
        user: expect.any(String),
      },
    });
    const id = String(made.told?.id);
    const [row] = await admin()`select name, user_limit, entitlements from tenants where id = ${id}`;
    expect(row).toMatchObject({ name: 'Acme', user_limit: 3, entitlements: ['phone'] });
    const [created] = await eventsOf({ id }, 'tenant_create');
    expect([created?.address, created?.actor_id]).toEqual(['command line', null]);
    const [job] = await admin()`
      select count(*)::int as count from graphile_worker._private_jobs where payload ->> 'tenantId' = ${id}`;
    expect(job?.count).toBe(1);
    const refused: [string[], string][] = [
      [['command-acme', '--name', 'Acme'], 'taken'],
      [['operator', '--name', 'Acme'], 'account-id'],
      [['other-acme', '--name', 'Acme', '--limit', 'many'], 'out-of-bounds'],
      [['other-acme', '--name', 'A\u202eB'], 'unprintable'],
      [['other-acme', '--name', 'Acme', '--time-zone', 'Mars/Base'], 'time-zone'],
    ];
    for (const [words, error] of refused) {
      const answer = await gatehouse('create-tenant', ...words, ...person, '--json');
      expect([words, answer.status, answer.told?.error]).toEqual([words, EXIT.refused, error]);
    }
    expect(
      await gatehouse('create-tenant', 'other-acme', '--name', 'Acme', ...person, '--entitlements', 'gold'),
    ).toMatchObject({ status: EXIT.misused });
  });

  test('an account ID that is an encoded name is refused, in words', async () => {
    for (const encoded of ['xn--80ak6aa92e', 'XN--Caf-dma']) {
      const refused = await gatehouse('create-tenant', encoded, '--name', 'Acme', ...person);
      expect([refused.status, refused.stderr]).toEqual([
        EXIT.refused,
        expect.stringMatching(/account ID: This cannot be an account ID.*without hyphens in places 3 and 4/),
      ]);
    }
  });

  test('one is suspended with its sessions, and opened again', async () => {
    const tenant = await newTenant();
    await session(tenant, await newUser(tenant));
    const shut = await gatehouse('suspend-tenant', tenant.accountId, '--json');
    expect(shut).toMatchObject({
      status: EXIT.done,
      told: { ok: true, tenant: tenant.accountId, id: tenant.id, ended: 1 },
    });
    expect(await stateOf(tenant)).toEqual({ status: 'suspended', sessions: 0 });
    expect((await gatehouse('suspend-tenant', tenant.accountId)).stdout).toBe(`${tenant.accountId} is suspended.\n`);
    expect(await gatehouse('resume-tenant', tenant.accountId)).toMatchObject({ status: EXIT.done });
    expect(await stateOf(tenant)).toMatchObject({ status: 'active' });
    const told = (await eventsOf(tenant)).filter(({ event }) => /^tenant_(suspend|resume)$/.test(event));
    expect(told.map(({ event, address }) => [event, address])).toEqual([
      ['tenant_suspend', 'command line'],
      ['tenant_resume', 'command line'],
    ]);
  });

  test('a feature is switched on and off; what is none is misused', async () => {
    const tenant = await newTenant({ entitlements: [] });
    const on = await gatehouse('set-entitlement', tenant.accountId, 'single-sign-on', 'on', '--json');
    expect(on).toMatchObject({ status: EXIT.done, told: { ok: true, 'single-sign-on': true } });
    expect(await featuresOf(tenant)).toEqual(['single-sign-on']);
    await gatehouse('set-entitlement', tenant.accountId, 'single-sign-on', 'off');
    expect(await featuresOf(tenant)).toEqual([]);
    for (const words of [
      ['gold', 'on'],
      ['phone', 'yes'],
    ]) {
      expect((await gatehouse('set-entitlement', tenant.accountId, ...words)).status).toBe(EXIT.misused);
    }
    expect(await eventsOf(tenant, 'tenant_update')).toHaveLength(2);
  });

  test('one is exported as JSON Lines without a secret in it, to the output or to a file that is not there yet', async () => {
    const tenant = await newTenant();
    const person = await newUser(tenant);
    const { secret } = await enrolled(tenant, person);
    const out = await gatehouse('export-tenant', tenant.accountId);
    const lines = out.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect([out.status, out.stderr, lines[0].kind, lines[1].kind]).toEqual([EXIT.done, '', 'tenant', 'policy']);
    expect(lines.filter(({ kind }) => kind === 'user')).toHaveLength(1);
    expect(out.stdout).not.toContain(secret);
    expect(out.stdout).not.toContain('$argon2');
    const file = path.join(folder, 'tenant.jsonl');
    const written = await gatehouse('export-tenant', tenant.accountId, '--out', file, '--json');
    expect(written).toMatchObject({
      status: EXIT.done,
      stderr: '',
      told: { ok: true, file, lines: expect.any(Number) },
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const before = readFileSync(file, 'utf8');
    expect(before.trim().split('\n')).toHaveLength(Number(written.told?.lines));
    const again = await gatehouse('export-tenant', tenant.accountId, '--out', file, '--json');
    expect([again.status, again.told?.error, readFileSync(file, 'utf8')]).toEqual([EXIT.refused, 'EEXIST', before]);
    expect(again.told?.message).toBe(`${file}: The file is there already, and is not written over.`);
    expect((await gatehouse('export-tenant', tenant.accountId, '--json')).status).toBe(EXIT.misused);
  });
});

describe('a user', () => {
  test('gets a lost second factor away, tries back, and sessions ended, by username or extension', async () => {
    const tenant = await newTenant();
    const person = await newUser(tenant, { extension: '4711' });
    await enrolled(tenant, person);
    for (let n = 0; n < 8; n++)
      await takeTry(tenant.id, 'password', Buffer.from(person.id.replaceAll('-', ''), 'hex'), person.id);
    await session(tenant, person);
    const ended = await gatehouse('end-sessions', tenant.accountId, '4711', '--json');
    expect(ended).toMatchObject({
      status: EXIT.done,
      told: { ok: true, tenant: tenant.accountId, user: person.id, name: 'Robin Achterberg' },
    });
    expect(await stateOf(tenant)).toMatchObject({ sessions: 0 });
    expect(await gatehouse('unlock', tenant.accountId, person.username)).toMatchObject({
      status: EXIT.done,
      stdout: 'Robin Achterberg: Sign-in is unlocked.\n',
    });
    expect((await gatehouse('reset-two-factor', tenant.accountId, person.username, '--json')).status).toBe(EXIT.done);
    const [left] = await admin()`
      select (select count(*)::int from totp_secrets where user_id = ${person.id}) as factors,
        (select count(*)::int from throttles where user_id = ${person.id}) as throttles`;
    expect(left).toEqual({ factors: 0, throttles: 0 });
    const told = (await eventsOf(tenant)).filter(({ address }) => address === 'command line');
    expect(told.map(({ event, subject_id }) => [event, subject_id])).toEqual(
      ['session_end', 'authn_unlock', 'authn_second_factor_reset'].map((event) => [event, person.id]),
    );
  });

  test('whose name contains terminal control characters is shown without them', async () => {
    const tenant = await newTenant();
    const person = await newUser(tenant);
    await admin()`update users set first_name = ${'\u001b[2J\u202eA'} where id = ${person.id}`;
    const { stdout } = await gatehouse('unlock', tenant.accountId, person.username);
    expect(stdout).toBe('\ufffd[2J\ufffdA Achterberg: Sign-in is unlocked.\n');
  });
});

describe('an operator', () => {
  test('is made with a temporary password that is shown once', async () => {
    const words = ['--first-name', 'Olive', '--last-name', 'Roy'];
    const made = await gatehouse('create-operator', 'olive.roy', ...words, '--json');
    expect(made).toMatchObject({
      status: EXIT.done,
      told: { ok: true, username: 'olive.roy', temporaryPassword: expect.stringMatching(/^\S{8,}$/) },
    });
    expect(await gatehouse('create-operator', 'olive.roy', ...words, '--json')).toMatchObject({
      status: EXIT.refused,
      told: { error: 'taken' },
    });
    expect(await gatehouse('create-operator', '1olive', ...words, '--json')).toMatchObject({
      status: EXIT.refused,
      told: { error: 'username' },
    });
    expect(await findOperatorByUsername('olive.roy')).toMatchObject({ id: made.told?.id, status: 'active' });
  });

  test('who lost the app sets up another, and with --password chooses a password', async () => {
    const operator = await newOperator();
    await operatorSession(operator);
    await operatorCodes(operator);
    const factor = await gatehouse('reset-operator', operator.username, '--json');
    expect(factor).toMatchObject({
      status: EXIT.done,
      told: { ok: true, id: operator.id, username: operator.username },
    });
    expect(factor.told).not.toHaveProperty('temporaryPassword');
    const look = async () => {
      const [row] = await admin()`
        select sealed_secret is null as lost, temporary_until is not null as temporary,
          (select count(*)::int from operator_sessions where operator_id = ${operator.id}) as sessions,
          (select count(*)::int from operator_recovery_codes where operator_id = ${operator.id}) as codes
        from operators where id = ${operator.id}`;
      return row;
    };
    expect(await look()).toEqual({ lost: true, temporary: false, sessions: 0, codes: 0 });
    const both = await gatehouse('reset-operator', operator.username, '--password');
    expect([both.status, both.stdout]).toEqual([
      EXIT.done,
      expect.stringMatching(/the second factor is reset\. Sign in once/),
    ]);
    expect(await look()).toMatchObject({ temporary: true });
    const told = (await eventsOf({ id: PROVIDER })).filter(({ subject_id }) => subject_id === operator.id);
    expect(told.map(({ event }) => event)).toEqual([
      'user_create',
      'authn_second_factor_reset',
      'authn_second_factor_reset',
      'authn_temporary_password_issue',
    ]);
  });
});

describe('import-users', () => {
  const GOOD = 'username,first_name,last_name,email\nnina,Nina,Okafor,nina@x.example\ntom,Tom,Lee,\n';

  test('shows, then does, all of it or nothing', async () => {
    const tenant = await newTenant();
    await newUser(tenant, { role: 'administrator' });
    const file = written('good.csv', GOOD);
    const dry = await gatehouse('import-users', tenant.accountId, file, '--dry-run', '--json');
    expect(dry).toMatchObject({
      status: EXIT.done,
      told: { ok: true, tenant: tenant.accountId, create: 2, change: 0, same: 0, refused: 0, lines: [] },
    });
    expect(await countOf(tenant)).toBe(1);
    const done = await gatehouse('import-users', tenant.accountId, file, '--invite', '--json');
    expect(done).toMatchObject({ status: EXIT.done, stderr: '', told: { ok: true, create: 2, applied: true } });
    expect(await countOf(tenant)).toBe(3);
    const [invited] = await admin()`select count(*)::int as count from invitations where tenant_id = ${tenant.id}`;
    expect(invited?.count).toBe(1);
    expect((await gatehouse('import-users', tenant.accountId, file)).stdout).toBe(
      'done: 0 to create, 0 to change, 2 as they are, 0 refused\n',
    );
    expect((await eventsOf(tenant, 'users_import')).map(({ actor_id, address }) => [actor_id, address])[0]).toEqual([
      null,
      'command line',
    ]);
  });

  test('refuses a file with a refused line, unless it is left out', async () => {
    const tenant = await newTenant();
    await newUser(tenant, { role: 'administrator' });
    const half = written('half.csv', `${GOOD}bad one,A,B,\n`);
    const refused = await gatehouse('import-users', tenant.accountId, half, '--json');
    expect(refused).toMatchObject({
      status: EXIT.refused,
      told: { ok: false, error: 'import-refused', message: expect.stringContaining('--without-refused') },
    });
    expect((await gatehouse('import-users', tenant.accountId, folder)).status).toBe(EXIT.misused);
    const dry = await gatehouse('import-users', tenant.accountId, half, '--dry-run');
    expect(dry.stdout).toMatch(
      /^line 4: The username must begin with a letter; .*\n2 to create, 0 to change, 0 as they are, 1 refused\n$/,
    );
    expect(await countOf(tenant)).toBe(1);
    expect(await gatehouse('import-users', tenant.accountId, half, '--without-refused')).toMatchObject({
      status: EXIT.done,
    });
    expect(await countOf(tenant)).toBe(3);
  });

  test('refuses what is no such file, and columns that are named wrongly', async () => {
    const tenant = await newTenant();
    await newUser(tenant, { role: 'administrator' });
    const files: [string, string | Buffer, string][] = [
      ['empty.csv', '', 'no-file'],
      ['header.csv', 'username,first_name\n', 'file-empty'],
      ['sheet.xlsx', Buffer.from('PK\x03\x04xx'), 'file-kind'],
      ['large.csv', Buffer.alloc(11 * 1024 * 1024, 'a'), 'file-large'],
      ['names.csv', 'a,b\nc,d\n', 'mapping'],
    ];
    for (const [name, content, error] of files) {
      const answer = await gatehouse('import-users', tenant.accountId, written(name, content), '--json');
      expect([name, answer.status, answer.told?.error]).toEqual([name, EXIT.refused, error]);
    }
    const columns = written('columns.csv', 'x,y,z\nlee.o,Lee,Ono\n');
    for (const said of ['user=1', 'username=x']) {
      expect((await gatehouse('import-users', tenant.accountId, columns, '--columns', said)).status).toBe(EXIT.misused);
    }
    const said = 'username=1,first_name=2,last_name=3';
    expect(await gatehouse('import-users', tenant.accountId, columns, '--columns', said, '--json')).toMatchObject({
      status: EXIT.done,
      told: { create: 1 },
    });
    expect((await gatehouse('import-users', tenant.accountId, path.join(folder, 'none.csv'))).status).toBe(
      EXIT.misused,
    );
  });
});

describe('the trail', () => {
  test('is verified, of one account or of all, with an anchor that shows a tail cut off', async () => {
    const tenant = await newTenant();
    await newUser(tenant);
    await newUser(tenant);
    const whole = await gatehouse('verify-audit', tenant.accountId, '--json');
    expect(whole).toMatchObject({
      status: EXIT.done,
      told: { ok: true, whole: true, chains: [{ chain: tenant.accountId, ok: true }] },
    });
    const plain = await gatehouse('verify-audit', tenant.accountId);
    const anchor = /end (\S+)\n$/.exec(plain.stdout)?.[1] ?? '';
    expect((await gatehouse('verify-audit', tenant.accountId, '--anchor', anchor)).status).toBe(EXIT.done);
    expect((await gatehouse('verify-audit', '--json')).told?.chains).toContainEqual(
      expect.objectContaining({ chain: 'service provider', ok: true }),
    );
    expect((await gatehouse('verify-audit', '--anchor', anchor)).status).toBe(EXIT.misused);
    await admin()`update audit_events set address = '10.0.0.1' where tenant_id = ${tenant.id} and seq = 1`;
    const broken = await gatehouse('verify-audit', tenant.accountId, '--json');
    expect(broken).toMatchObject({
      status: EXIT.found,
      told: { ok: false, whole: false, chains: [{ ok: false, seq: 1 }] },
    });
    expect((await gatehouse('verify-audit', tenant.accountId)).stdout).toBe(
      `${tenant.accountId}: 1 event does not hold: 1\n`,
    );
    expect((await gatehouse('verify-audit')).status).toBe(EXIT.found);
  });

  test('is compared with several anchors, typed or from the server’s log, and each is reported', async () => {
    const tenant = await newTenant();
    const ends: string[] = [];
    for (let count = 0; count < 3; count++) {
      await withTenant(tenant.id, async (tx) => record(tx, tenant.id, CAUSE, 'session_end'));
      const verdict = await verifyAudit(tenant.id);
      ends.push(verdict.ok ? `${verdict.anchor.seq}:${verdict.anchor.mac}` : '');
    }
    const [first = '', second = '', third = ''] = ends;
    const seqOf = (end: string) => Number(end.split(':')[0]);
    const both = await gatehouse('verify-audit', tenant.accountId, '--anchor', second, '--anchor', first);
    expect([both.status, both.stdout.split('\n').slice(1, 3)]).toEqual([
      EXIT.done,
      [`  anchor of event ${seqOf(first)}: holds`, `  anchor of event ${seqOf(second)}: holds`],
    ]);

    const forged = `${seqOf(second)}:${first.split(':')[1]}`;
    const mixed = await gatehouse('verify-audit', tenant.accountId, '--json', '--anchor', first, '--anchor', forged);
    expect(mixed).toMatchObject({
      status: EXIT.found,
      told: {
        chains: [
          {
            cutAt: seqOf(second),
            anchors: [
              { seq: seqOf(first), state: 'holds' },
              { seq: seqOf(second), state: 'differs' },
            ],
          },
        ],
      },
    });

    const log = path.join(folder, 'server.log');
    const [seq, mac] = third.split(':');
    const line = { level: 'info', audit: 'anchor', tenant: tenant.id, seq: Number(seq), mac };
    writeFileSync(log, `Gatehouse: https://x\nDec 01 gatehouse[7]: ${JSON.stringify(line)}\n{"audit":"anchor"}\n{\n`);
    const logged = await gatehouse('verify-audit', '--json', '--anchor-log', log);
    expect(logged.told?.chains).toContainEqual(
      expect.objectContaining({ chain: tenant.accountId, anchors: [{ seq: Number(seq), state: 'holds' }] }),
    );
    expect(logged.told?.chains).toContainEqual(expect.objectContaining({ chain: 'service provider', anchors: [] }));
    expect((await gatehouse('verify-audit', '--anchor-log', path.join(folder, 'absent.log'))).status).toBe(
      EXIT.misused,
    );
  });

  test('rotate-keys reports what it sealed again', async () => {
    const { status, told, stderr } = await gatehouse('rotate-keys', '--json');
    expect([status, told, stderr]).toEqual([
      EXIT.done,
      { ok: true, key: 'k1', resealed: expect.any(Number), unreadable: 0 },
      '',
    ]);
  });
});

type Told = Record<string, unknown> & { findings?: unknown[]; chains?: unknown[] };
type Answer = { status: number | null; stdout: string; stderr: string; told?: Told };

/**
 * Returns how a command ended; the last word may be settings in place of the usual ones. With
 * --json, the output is one line of it.
 */
function gatehouse(...words: (string | Record<string, string>)[]): Promise<Answer> {
  const last = words.at(-1);
  const settings = typeof last === 'object' ? last : {};
  const args = words.filter((word) => typeof word === 'string');
  const child = spawn(process.execPath, ['bin/gatehouse.mjs', ...args], {
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: process.env.DATABASE_URL,
      GATEHOUSE_SECRETS: process.env.GATEHOUSE_SECRETS,
      PUBLIC_URL: process.env.PUBLIC_URL,
      SMTP_URL: mail.url,
      MAIL_FROM: 'no-reply@gatehouse.test',
      ...settings,
    } as unknown as NodeJS.ProcessEnv,
  });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (piece) => out.push(piece));
  child.stderr.on('data', (piece) => err.push(piece));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => {
      const [stdout, stderr] = [Buffer.concat(out).toString(), Buffer.concat(err).toString()];
      const json = args.includes('--json');
      if (json && !/^[^\n]+\n$/.test(stdout)) return reject(new Error(`not one line: ${stdout}${stderr}`));
      resolve({ status, stdout, stderr, ...(json && { told: JSON.parse(stdout) }) });
    });
  });
}

function written(name: string, content: string | Buffer) {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
}

async function session(tenant: { id: string }, { id }: { id: string }) {
  await admin()`
    insert into sessions (tenant_id, user_id, token_hash, factor, address, user_agent, absolute_until)
    values (${tenant.id}, ${id}, ${hashToken(`${id}${Math.random()}`)}, 'totp', '127.0.0.1', 'tests', now() + interval '1 hour')`;
}

async function stateOf({ id }: { id: string }) {
  const [row] = await admin()`
    select status, (select count(*)::int from sessions where tenant_id = ${id}) as sessions from tenants where id = ${id}`;
  return row;
}

async function featuresOf({ id }: { id: string }) {
  const [row] = await admin()`select entitlements from tenants where id = ${id}`;
  return row?.entitlements;
}

async function countOf({ id }: { id: string }) {
  const [row] = await admin()`select count(*)::int as count from users where tenant_id = ${id}`;
  return row?.count;
}
