import { lookUp, statement } from '@/db';
import type { Branding } from '@/lib/branding/brand';
import { hashToken, isToken } from '@/lib/crypto';
import type { Locale } from '@/lib/language/locale';
import type { Policy } from '@/lib/policies/policy';
import type { Overview } from '@/lib/sessions/overview';
import { isEntitled } from '@/lib/tenants/entitlements';
import type { Host } from '@/lib/tenants/host';
import type { Tenant } from '@/lib/tenants/tenants';

/** The second factor of a session; `provider`: verified there, `device`: a remembered one. */
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
  /** Why a cookie was sent but has no live session. */
  why: 'idle' | 'absolute' | 'second-factor' | 'single-sign-on' | 'sso-withdrawn' | 'network' | 'ended' | null;
  session: {
    id: string;
    factor: Factor | null;
    connectionId: string | null;
    createdAt: string;
    msLeft: number;
  } | null;
  user: CurrentUser | null;
  /** Where the softphone connects to; null for a user without one. */
  phone: { socket: string } | null;
};

/**
 * Returns the tenant of a host and the live session of a token, in one statement. `slide` renews
 * the idle timeout; `home` also loads the overview.
 */
export async function findSession(
  host: Extract<Host, { kind: 'tenant' | 'domain' }>,
  token: string | undefined,
  slide: boolean,
  { address, home = false }: { address?: string; home?: boolean } = {},
) {
  const [row] = await lookUp<SessionRow>(home ? SESSION_AND_HOME : SESSION, [
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

type SessionRow = { found: FoundSession | null; home?: Overview | null };

const SESSION = 'select find_session($1, $2, $3, $4, $5) as found';
const SESSION_AND_HOME = `with session as materialized (${SESSION})
  select found, case when found #>> '{session,id}' is not null
    then home_overview((found #>> '{tenant,id}')::uuid, (found #>> '{user,id}')::uuid) end as home
  from session`;

/**
 * Keeps a session from going idle during a call, for as long as the policy allows. Returns the
 * milliseconds left, or undefined for a session that has ended.
 */
export async function noteBusy(tenant: Pick<Tenant, 'id'>, sessionId: string) {
  const [row] = await statement<{ left: number | null }>('select note_busy($1::uuid, $2::uuid) as left', [
    tenant.id,
    sessionId,
  ]);
  return row?.left ?? undefined;
}
