'use server';

import { redirect } from 'next/navigation';
import { isLocale } from '@/lib/language/locale';
import { endOperatorSessionByToken, keepOperatorLanguage } from '@/lib/operators/sessions';
import { isSameOrigin } from '@/lib/request/action-guards';
import { clearCookie, readCookie, setCookie } from '@/lib/request/cookies';
import { currentCause, currentRequest } from '@/lib/request/current';
import { safePath } from '@/lib/request/return-to';
import { beginAction, requests } from '@/lib/request/store';
import { endSessionByToken } from '@/lib/sessions/end';
import { operatorSignInPath, signInPath } from '@/lib/sessions/sign-in-path';
import { offerCompanySignOut } from '@/lib/sso/sign-out/company-sign-out';
import { chooseLanguage as keepLanguage } from '@/lib/users/profile';

/**
 * Ends the session's row, then clears the cookie. Shows the sign-in page if there was no session.
 */
export async function signOut() {
  beginAction();
  if (!(await isSameOrigin())) redirect('/home');
  const { found } = await currentRequest();
  const ended = found && (await endSessionByToken(found.tenant, await readCookie('session'), await currentCause()));
  await clearCookie('session');
  if (!found || !ended?.connectionId) redirect(signInPath('signed-out'));
  const offer = await offerCompanySignOut(found.tenant, ended, await readCookie('sso'));
  if (offer) await setCookie('sso', offer.browser);
  redirect(offer ? `/signed-out?t=${offer.ticket}` : '/signed-out');
}

/** The same on the operator's address. */
export async function signOutOperator() {
  beginAction();
  if (!(await isSameOrigin())) redirect('/operator');
  const { host } = await currentRequest();
  if (host.kind !== 'operator') redirect('/');
  await endOperatorSessionByToken(await readCookie('session'), await currentCause());
  await clearCookie('session');
  redirect(operatorSignInPath('signed-out'));
}

/**
 * Keeps the language chosen on the page: in the browser, and with the user unless another has
 * signed in since. The form is sent to its own page.
 */
export async function chooseLanguage(form: FormData) {
  beginAction();
  const locale = form instanceof FormData && form.get('locale');
  if (!(await isSameOrigin()) || typeof locale !== 'string' || !isLocale(locale)) redirect('/');
  await setCookie('locale', locale);
  const { found, operator } = await currentRequest();
  const shownTo = form.get('as');
  const isOwn = (id: string) => shownTo === null || shownTo === id;
  if (operator?.operator && isOwn(operator.operator.id))
    await keepOperatorLanguage(operator.operator.id, locale, await currentCause());
  if (found?.user && isOwn(found.user.id))
    await keepLanguage(found.tenant, found.user.id, locale, await currentCause());
  redirect(safePath(requests.getStore()?.path));
}
