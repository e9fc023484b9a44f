import { lookUp, statement } from '@/db';
import type { Branding } from '@/lib/branding/brand';
import { hashToken, isToken } from '@/lib/crypto';
import type { Locale } from '@/lib/language/locale';
import type { Policy } from '@/lib/policies/policy';
import type { Overview } from '@/lib/sessions/overview';
import { isEntitled } from '@/lib/tenants/entitlements';
import type { Host } from '@/lib/tenants/host';
import type { Tenant } from '@/lib/tenants/tenants';

/** What was shown besides the first proof; `provider` where the identity provider asked for it, `device` where the person is remembered. */
export type Factor = 'totp' | 'recovery-code' | 'provider' | 'device';

export type CurrentUser = {
  id: string;
  username: string;
  extension: string | null;
  firstName: string;
  lastName: string;
  email: string | null;
  role: 'agent' | 'administrator';
  emergency: boolean;
  locale: Locale | null;
  timeZone: string | null;
};

export type FoundSession = {
  tenant: Tenant;
  brand: Branding | null;
  policy: Policy;
  /**
   * Why a cookie was shown and opens nothing: idle, the absolute cap, a second factor now required,
   * passwords now hidden, single sign-on withdrawn, an address outside the networks allowed, or
   * ended.
   */
  why: 'idle' | 'absolute' | 'second-factor' | 'single-sign-on' | 'sso-withdrawn' | 'network' | 'ended' | null;
  session: {
    id: string;
    factor: Factor | null;
    connectionId: string | null;
    createdAt: string;
    msLeft: number;
  } | null;
  user: CurrentUser | null;
  /** Where his softphone connects to; null for a person without one. */
  phone: { socket: string } | null;
};

/**
 * Promises the tenant of an address and the live session of a cookie there, in one statement. `slide` is an interaction of
 * the person; `home` asks for what Home tells him in the same breath.
 */
export async function findSession(
  host: Extract<Host, { kind: 'tenant' | 'domain' }>,
  token: string | undefined,
  slide: boolean,
  { address, home = false }: { address?: string; home?: boolean } = {},
) {
  const [row] = await lookUp<Row>(home ? SESSION_AND_HOME : SESSION, [
    host.kind === 'tenant' ? host.slug : null,
    host.kind === 'domain' ? host.domain : null,
    isToken(token) ? hashToken(token) : null,
    slide,
    address ?? null,
  ]);
  if (!row?.found) return undefined;
  if (isWithdrawn(row.found)) return { ...row.found, ...WITHDRAWN, home: null };
  return { ...row.found, home: row.home ?? null };
}

/** Sessions through single sign-on end when the operator withdraws the feature. */
function isWithdrawn({ tenant, session }: FoundSession) {
  return session !== null && session.connectionId !== null && !isEntitled(tenant, 'single-sign-on');
}

const WITHDRAWN = { why: 'sso-withdrawn', session: null, user: null, phone: null } as const;

type Row = { found: FoundSession | null; home?: Overview | null };

const SESSION = 'select find_session($1, $2, $3, $4, $5) as found';
const SESSION_AND_HOME = `with session as materialized (${SESSION})
  select found, case when found #>> '{session,id}' is not null
    then home_overview((found #>> '{tenant,id}')::uuid, (found #>> '{user,id}')::uuid) end as home
  from session`;

/** A call rings, runs or is wrapped up: that is no idleness, for as long as the policy's grace lasts. Promises the milliseconds left, or undefined for a session that is gone. */
export async function noteBusy(tenant: Pick<Tenant, 'id'>, sessionId: string) {
  const [row] = await statement<{ left: number | null }>('select note_busy($1::uuid, $2::uuid) as left', [
    tenant.id,
    sessionId,
  ]);
  return row?.left ?? undefined;
}
