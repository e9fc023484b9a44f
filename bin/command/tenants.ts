import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { CAUSE, type Command, type Given, Misused, needed, type Outcome, text } from '@/bin/command/outcome';
import { ENTITLEMENTS, type Entitlement } from '@/db/schema/tenants';
import { createTenantWithInvitation } from '@/lib/operators/tenants/create';
import { exportTenant } from '@/lib/operators/tenants/export';
import { setEntitlement } from '@/lib/operators/tenants/settings';
import { resumeTenant, suspendTenant } from '@/lib/operators/tenants/suspend';
import { findTenant, type Tenant, tenantOrigin } from '@/lib/tenants/tenants';

const ACCOUNT = '<account ID>';

export const createTenantCommand: Command = {
  words: [ACCOUNT],
  options: Object.fromEntries(
    ['name', 'username', 'first-name', 'last-name', 'email', 'language', 'time-zone', 'limit', 'entitlements'].map(
      (name) => [name, { type: 'string' as const }],
    ),
  ),
  what: 'opens a tenant and invites its first administrator by mail',
  more: [
    '--name, and --username, --first-name, --last-name and --email of the administrator, are needed.',
    '--language en or fr; --time-zone America/Toronto; --limit 200 users; --entitlements security-policies,single-sign-on,phone',
  ],
  run: create,
};

export const suspendTenantCommand: Command = {
  words: [ACCOUNT],
  what: 'shuts a tenant; every session ends at once',
  run: (given) =>
    onTenant(given, async (tenant) => {
      const result = await suspendTenant(tenant.id, CAUSE);
      return result.ok ? done(tenant, 'is suspended.', { ended: result.ended }) : result;
    }),
};

export const resumeTenantCommand: Command = {
  words: [ACCOUNT],
  what: 'opens a suspended tenant again',
  run: (given) =>
    onTenant(given, async (tenant) => {
      const result = await resumeTenant(tenant.id, CAUSE);
      return result.ok ? done(tenant, 'is open again.') : result;
    }),
};

export const setEntitlementCommand: Command = {
  words: [ACCOUNT, `<${ENTITLEMENTS.join('|')}>`, '<on|off>'],
  what: 'switches a feature of a tenant on or off',
  run: (given) =>
    onTenant(given, async (tenant) => {
      const [, name, state] = given.words;
      if (!isEntitlement(name)) throw new Misused(`the features are ${ENTITLEMENTS.join(', ')}`);
      if (state !== 'on' && state !== 'off') throw new Misused('say on or off');
      const result = await setEntitlement(tenant, name, state === 'on', CAUSE);
      return result.ok ? done(tenant, `has ${name} ${state}.`, { [name]: state === 'on' }) : result;
    }),
};

export const exportTenantCommand: Command = {
  words: [ACCOUNT],
  options: { out: { type: 'string' } },
  what: 'writes everything a tenant holds as JSON Lines, to the output or to --out <file>',
  more: ['No password, secret or hash is in it. With --json, --out is needed.'],
  run: (given) => onTenant(given, (tenant) => write(tenant, given)),
};

async function create(given: Given): Promise<Outcome> {
  const language = text(given, 'language') ?? 'en';
  if (language !== 'en' && language !== 'fr') throw new Misused('--language is en or fr');
  const limit = text(given, 'limit');
  const entitlements = (text(given, 'entitlements') ?? '').split(',').filter(Boolean);
  if (!entitlements.every(isEntitlement)) throw new Misused(`the features are ${ENTITLEMENTS.join(', ')}`);
  const result = await createTenantWithInvitation(
    {
      accountId: given.words[0] ?? '',
      name: needed(given, 'name'),
      locale: language,
      timeZone: text(given, 'time-zone') ?? 'America/Toronto',
      userLimit: limit === undefined ? null : Number(limit),
      entitlements,
      administrator: {
        username: needed(given, 'username'),
        firstName: needed(given, 'first-name'),
        lastName: needed(given, 'last-name'),
        email: needed(given, 'email'),
      },
    },
    CAUSE,
  );
  if (!result.ok) return result;
  const address = tenantOrigin(result.tenant);
  return done(result.tenant, `is open at ${address}; its administrator is invited.`, { address, user: result.userId });
}

async function write(tenant: Tenant, given: Given): Promise<Outcome> {
  const file = text(given, 'out');
  if (!file && given.options.json) throw new Misused('--json goes with --out <file>');
  const place = file && path.resolve(process.env.GATEHOUSE_CWD || '.', file);
  // A file that is there already is not written over.
  const out = place ? createWriteStream(place, { flags: 'wx', mode: 0o600 }) : process.stdout;
  const failed = new Promise<Outcome>((resolve) => {
    if (place)
      out.once('error', (error: NodeJS.ErrnoException) =>
        resolve({ ok: false, error: error.code ?? 'unknown', field: place }),
      );
  });
  return Promise.race([failed, writeAll(tenant, out, place, given)]);
}

async function writeAll(
  tenant: Tenant,
  out: NodeJS.WritableStream,
  place: string | undefined,
  { terminal }: Given,
): Promise<Outcome> {
  if (place) await once(out, 'open');
  let lines = 0;
  for await (const line of exportTenant(tenant, CAUSE)) {
    lines += line.split('\n').length - 1;
    if (!out.write(line)) await once(out, 'drain');
    if (place) terminal.progress(lines, lines, 'lines');
  }
  if (!place) return { ok: true, text: '' };
  await new Promise<void>((resolve) => out.end(resolve));
  return done(tenant, `is in ${place}, ${lines} lines.`, { file: place, lines });
}

async function onTenant(
  { words: [accountId = ''] }: Given,
  act: (tenant: Tenant) => Promise<Outcome>,
): Promise<Outcome> {
  const tenant = await findTenant(accountId);
  return tenant ? act(tenant) : { ok: false, error: 'no-tenant' };
}

function done({ id, accountId }: Tenant, what: string, more: Record<string, unknown> = {}): Outcome {
  return { ok: true, told: { tenant: accountId, id, ...more }, text: `${accountId} ${what}` };
}

function isEntitlement(text: string | undefined): text is Entitlement {
  return ENTITLEMENTS.some((known) => known === text);
}
