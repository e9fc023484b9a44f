import { cookies, headers } from 'next/headers';
import { notFound, redirect } from 'next/navigation';
import { cache } from 'react';
import type { Cause } from '@/lib/audit/record';
import { recordRefusal } from '@/lib/audit/refusal';
import { brandFor } from '@/lib/branding/brand';
import { brandStyle } from '@/lib/branding/style';
import { hasMailbox } from '@/lib/emails/mailbox';
import { env } from '@/lib/env';
import { chooseLocale } from '@/lib/language/choose';
import { zoneInUse } from '@/lib/language/known-zones';
import { findOperatorAttempt, type OperatorStep } from '@/lib/operators/attempt';
import { findResetLink } from '@/lib/passwords/reset/find-link';
import { cookieName, type LinkCookie } from '@/lib/request/cookie-names';
import { readCookie } from '@/lib/request/cookies';
import { linkOwner } from '@/lib/request/form-owner';
import { answerWith, causeOf, requests } from '@/lib/request/store';
import { findVisit } from '@/lib/request/visit';
import { isUnavailable } from '@/lib/result';
import { findOverview } from '@/lib/sessions/overview';
import { operatorSignInPath, signInPath } from '@/lib/sessions/sign-in-path';
import { ensureSecret, findAttempt } from '@/lib/sign-in/attempt';
import type { Step } from '@/lib/sign-in/next-step';
import { canonicalHost, parseHost } from '@/lib/tenants/host';
import { findInvitation } from '@/lib/users/accept-invitation';
import { findEmailLink } from '@/lib/users/email-change';
import { mayOpen } from '@/lib/users/permissions';

export type Screen = Parameters<typeof mayOpen>[0];

/** What the layout draws on every page, also on pages of no tenant. */
export async function pageFrame() {
  const { found, locale } = await currentRequest();
  return { locale, nonce: requests.getStore()?.nonce, brand: brandStyle(found?.brand ?? null) };
}

/** Whose address this is, for the page that says that there is nothing here. */
export async function addressState() {
  const { host, found, locale } = await currentRequest();
  if (host.kind === 'root' || host.kind === 'operator') return { locale, state: 'ours' as const };
  return { locale, state: found ? found.tenant.status : ('unknown' as const) };
}

/** The root address, where a company's own is found. */
export function rootAddress() {
  return env().publicUrl.origin;
}

/**
 * Returns whether the mailbox may be read: in the demonstration alone, and at an address of ours.
 */
export async function mayReadMailbox() {
  if (!hasMailbox()) return false;
  const { host, found } = await currentRequest();
  return host.kind === 'root' || host.kind === 'operator' || (host.kind === 'tenant' && Boolean(found));
}

/** Guard: anyone, on a live tenant's address. */
export async function anyone() {
  const { found, locale, timeZone, unknownZone } = await currentRequest();
  if (!found) notFound();
  if (found.tenant.status !== 'active') {
    answerWith(403);
    notFound();
  }
  const viewer = found.user && found.session ? { user: found.user, session: found.session } : null;
  const { tenant, brand, policy, why, phone } = found;
  return { tenant, brand, policy, viewer, why, phone, locale, timeZone, unknownZone };
}

/** Guard: anyone, on the root domain alone. */
export async function anyoneAtRoot() {
  const { host, locale } = await currentRequest();
  if (host.kind !== 'root') notFound();
  return { locale };
}

/** Guard: anyone, on the operator's address alone. */
export async function anyoneAtOperator() {
  const { host, operator, locale } = await currentRequest();
  if (host.kind !== 'operator') notFound();
  const viewer = operator?.operator && operator.session ? { ...operator.operator, session: operator.session } : null;
  return { viewer, why: operator?.why ?? null, locale };
}

/**
 * Guard: a signed-in operator, who has shown a second factor or would not be one. Everybody else
 * goes to sign in.
 */
export async function requireOperator() {
  const { viewer, why, locale } = await anyoneAtOperator();
  if (!viewer) redirect(operatorSignInPath(why, pathToReturnTo('/operator')));
  return { operator: viewer, session: viewer.session, locale, ...zoneInUse(viewer.timeZone) };
}

/**
 * Guard: an operator's pending sign-in that waits for this step. Redirects to the step it is at
 * otherwise.
 */
export async function requireOperatorAttempt(step: OperatorStep) {
  const { locale } = await anyoneAtOperator();
  const attempt = await findOperatorAttempt(await readCookie('attempt'));
  if (!attempt || attempt.step === 'done') redirect(operatorSignInPath('expired'));
  if (attempt.step !== step) redirect(`/operator/sign-in/${attempt.step}`);
  return { locale, attempt };
}

/**
 * Guard: a signed-in person; with a screen, one who may open it. Everybody else goes to sign in, or
 * finds nothing.
 */
export async function requireUser(screen?: Screen) {
  const { tenant, policy, viewer, why, phone, locale, timeZone, unknownZone } = await anyone();
  if (!viewer) redirect(signInPath(why, pathToReturnTo()));
  if (screen && !mayOpen(screen, viewer.user)) {
    await recordRefusal(tenant, await currentCause(viewer.user.id), screen);
    notFound();
  }
  return { tenant, policy, user: viewer.user, session: viewer.session, phone, locale, timeZone, unknownZone };
}

/** Guard: a signed-in person with a phone. Who has none finds Home in its place. */
export async function requirePhone() {
  const visit = await requireUser();
  if (!visit.phone) redirect('/home');
  return { ...visit, phone: visit.phone };
}

/** Guard: a signed-in user on Home, with the data that Home shows. */
export async function requireHome() {
  const visit = await requireUser();
  const { found } = await currentRequest();
  // The address alone, without a page: what one lands on after signing in.
  if (visit.phone && requests.getStore()?.path === '/') redirect('/phone');
  // Home has more addresses than one would write: /index, /./home.
  const seen = found?.home ?? (await findOverview(visit.tenant.id, visit.user.id));
  if (!seen) throw new Error('Home of nobody');
  return { ...visit, seen };
}

/**
 * Guard: a pending sign-in that waits for this step. Redirects to the step it is at otherwise.
 */
export async function requireAttempt(step: Exclude<Step, 'done'>) {
  const { tenant, policy, locale } = await anyone();
  const found = await findAttempt(tenant, policy, await readCookie('attempt'));
  if (!found || found.step === 'done') redirect(signInPath('expired'));
  if (found.step !== step) redirect(`/sign-in/${found.step}`);
  return { tenant, policy, locale, attempt: step === 'enroll' ? await ensureSecret(tenant, policy, found) : found };
}

/** Guard: anyone with a reset link; `reset` is null where it has expired. Its form names `as`. */
export async function requireResetLink() {
  const { tenant, policy, locale } = await anyone();
  const { token, as } = await currentLink('reset');
  return { tenant, policy, locale, as, reset: (await findResetLink(tenant, policy, token)) ?? null };
}

/**
 * Guard: anyone, invited or not; `invitation` is null where no link was opened or it has expired.
 * Its form names `as`.
 */
export async function requireInvitation() {
  const { tenant, policy, locale } = await anyone();
  const { token, as } = await currentLink('invitation');
  const invitation = (await findInvitation(tenant, policy, token)) ?? null;
  return { tenant, policy, locale, as, invitation, isDead: token !== undefined && !invitation };
}

/**
 * Guard: anyone with a link that confirms an email address; `change` is null where it has expired.
 * Its form names `as`.
 */
export async function requireEmailLink() {
  const { tenant, locale } = await anyone();
  const { token, as } = await currentLink('emailLink');
  return { tenant, locale, as, change: (await findEmailLink(tenant, token)) ?? null };
}

async function currentLink(cookie: LinkCookie) {
  const token = await readCookie(cookie);
  return { token, as: token === undefined ? '' : linkOwner(token) };
}

/** Who asks, for the audit trail. */
export async function currentCause(actorId: string | null = null): Promise<Cause> {
  return causeOf(requests.getStore(), actorId, (await headers()).get('user-agent'), await readCookie('device'));
}

/** The origin that this request was sent to, for comparison with its Origin header. */
export async function currentOrigin() {
  const { publicUrl } = env();
  const host = canonicalHost((await headers()).get('host'), publicUrl);
  return host && `${publicUrl.protocol}//${host}`;
}

/** Tenant, session and language of the request, read once: one statement. */
export const currentRequest = cache(async () => {
  const list = await headers();
  const jar = await cookies();
  const store = requests.getStore();
  if (!store) throw new Error('asked outside of a request');
  const host = parseHost(list.get('host'), env().publicUrl);
  const { found, operator } = store.visit ?? (await findVisit(host, jar.get(cookieName('session'))?.value, store));
  const locale = chooseLocale({
    user: found?.user?.locale ?? operator?.operator?.locale,
    cookie: jar.get(cookieName('locale'))?.value,
    acceptLanguage: list.get('accept-language'),
    tenant: found?.tenant.locale,
  });
  const zone = found?.user?.timeZone ?? found?.tenant.timeZone ?? operator?.operator?.timeZone ?? 'UTC';
  const brand = brandFor(found?.brand ?? null, locale);
  return {
    host,
    // Whatever names the company names it as it wants to be called here.
    found: found && { ...found, brand, tenant: { ...found.tenant, name: brand?.name ?? found.tenant.name } },
    operator,
    locale,
    ...zoneInUse(zone),
  };
});

/** Returns the language to answer in, also if the tenant of the address cannot be loaded. */
export async function currentLocale() {
  try {
    return (await currentRequest()).locale;
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    const cookie = await readCookie('locale');
    return chooseLocale({ cookie, acceptLanguage: (await headers()).get('accept-language') });
  }
}

/**
 * Returns the path that a user without a session comes back to; undefined for the first page.
 */
function pathToReturnTo(front = '/home') {
  const path = requests.getStore()?.path;
  return path && path !== '/home' && path !== '/' && path !== front ? path : undefined;
}
