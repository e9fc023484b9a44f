import { getTranslations } from '@/lib/request/translations';
import type { SignInReason } from '@/lib/sessions/sign-in-path';
import { findFailure } from '@/lib/sso/sign-in/failures';
import type { Tenant } from '@/lib/tenants/tenants';

/** How each reason is shown; any other word in the address shows nothing. */
const TONES = {
  idle: 'info',
  absolute: 'info',
  ended: 'info',
  'second-factor': 'info',
  expired: 'warning',
  'signed-out': 'success',
  'password-changed': 'success',
  welcome: 'success',
  'single-sign-on': 'info',
  'sso-withdrawn': 'info',
  network: 'warning',
  'sso-busy': 'warning',
} as const satisfies Record<SignInReason, string>;

export async function signInWords() {
  const [t, forms] = await Promise.all([getTranslations('signIn'), getTranslations('forms')]);
  return {
    username: t('username'),
    hint: t('usernameHint'),
    password: t('password'),
    show: forms('showPassword'),
    hide: forms('hidePassword'),
    forgot: t('forgot'),
    submit: t('submit'),
    pending: t('submitting'),
  };
}

export type SignInWords = Awaited<ReturnType<typeof signInWords>>;

export type WhyHere = NonNullable<Awaited<ReturnType<typeof whyHere>>>;

/**
 * The sentence above the form; `sso` is the code of a sign-in through a provider that failed here.
 */
export async function whyHere(tenant: Tenant, reason: unknown, sso: unknown) {
  if (typeof sso === 'string' && (await findFailure(tenant, sso))) {
    return { tone: 'danger', text: (await getTranslations('signIn'))('ssoFailed', { code: sso }) } as const;
  }
  if (typeof reason !== 'string' || !Object.hasOwn(TONES, reason)) return undefined;
  const known = reason as SignInReason;
  return { tone: TONES[known], text: (await getTranslations('signIn'))(`reason.${known}`) };
}
