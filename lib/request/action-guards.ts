import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { PROVIDER } from '@/lib/audit/provider';
import { recordRefusal } from '@/lib/audit/refusal';
import { findOperatorAttempt, type OperatorStep } from '@/lib/operators/attempt';
import type { LinkCookie } from '@/lib/request/cookie-names';
import { readCookie } from '@/lib/request/cookies';
import {
  anyone,
  anyoneAtOperator,
  anyoneAtRoot,
  currentCause,
  currentOrigin,
  requireOperator,
  requireUser,
  type Screen,
} from '@/lib/request/current';
import { linkOwner, requireOwner } from '@/lib/request/form-owner';
import { operatorSignInPath, signInPath } from '@/lib/sessions/sign-in-path';
import { findAttempt } from '@/lib/sign-in/attempt';
import type { Step } from '@/lib/sign-in/next-step';

/**
 * Returns whether the request comes from a page of this host or of the origin `allowed`. A missing
 * Origin is refused.
 */
export async function isSameOrigin(allowed?: string) {
  const origin = (await headers()).get('origin');
  return origin !== null && origin === (allowed ?? (await currentOrigin()));
}

export async function guardAnyone() {
  const { tenant, policy, viewer, locale } = await anyone();
  return {
    tenant,
    policy,
    viewer,
    locale,
    cause: await currentCause(viewer?.user.id ?? null),
  };
}

export async function guardLink(form: FormData, cookie: LinkCookie) {
  const token = await readCookie(cookie);
  if (token !== undefined) requireOwner(form, 'link', linkOwner(token));
  return { ...(await guardAnyone()), token };
}

export async function guardAttempt(form: FormData, step: Exclude<Step, 'done'>) {
  const who = await guardAnyone();
  const attempt = await findAttempt(who.tenant, who.policy, await readCookie('attempt'));
  if (attempt) requireOwner(form, 'attempt', attempt.id);
  if (step === 'enroll' && attempt?.step === 'code')
    await recordRefusal(who.tenant, who.cause, 'enrolment', attempt.userId);
  if (attempt?.step !== step) redirect(signInPath('expired'));
  return { ...who, attempt };
}

export async function guardRoot() {
  const { locale } = await anyoneAtRoot();
  return { locale, cause: await currentCause() };
}

export async function guardOperatorSignIn() {
  const { viewer, locale } = await anyoneAtOperator();
  return { viewer, locale, cause: await currentCause(viewer?.id ?? null) };
}

export async function guardOperatorAttempt(form: FormData, step: OperatorStep) {
  const who = await guardOperatorSignIn();
  const attempt = await findOperatorAttempt(await readCookie('attempt'));
  if (attempt) requireOwner(form, 'attempt', attempt.id);
  if (step === 'enroll' && attempt?.step === 'code')
    await recordRefusal({ id: PROVIDER }, who.cause, 'enrolment', attempt.operatorId);
  if (attempt?.step !== step) redirect(operatorSignInPath('expired'));
  return { ...who, attempt };
}

export async function guardOperator(form: FormData) {
  const who = await requireOperator();
  requireOwner(form, 'user', who.operator.id);
  return { ...who, cause: await currentCause(who.operator.id) };
}

export async function guardUser(form: FormData, screen?: Screen) {
  const who = await requireUser(screen);
  requireOwner(form, 'user', who.user.id);
  return { ...who, cause: await currentCause(who.user.id) };
}
