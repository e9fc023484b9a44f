import { getTranslations } from 'next-intl/server';

/** Why a person is here who did not ask to be; other words in the address say nothing. */
const REASONS = {
  idle: 'info',
  absolute: 'info',
  ended: 'info',
  'second-factor': 'info',
  expired: 'warning',
  'signed-out': 'success',
  'password-changed': 'success',
} as const;

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

export async function whyHere(reason: unknown) {
  if (typeof reason !== 'string' || !Object.hasOwn(REASONS, reason)) return undefined;
  const known = reason as keyof typeof REASONS;
  return { tone: REASONS[known], text: (await getTranslations('signIn'))(`reason.${known}`) };
}
