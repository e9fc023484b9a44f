import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import type { z } from 'zod';
import { PROVIDER } from '@/lib/audit/provider';
import { recordRefusal } from '@/lib/audit/refusal';
import type { FormAction, FormState } from '@/lib/forms/state';
import { describe, log } from '@/lib/log';
import { findOperatorAttempt, type OperatorStep } from '@/lib/operators/attempt';
import { requireRecentCode } from '@/lib/operators/step-up';
import { requireRecentProof } from '@/lib/passwords/step-up';
import { conflicted, failed, invalid, unproved } from '@/lib/request/answers';
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
import { echo, singles, uploads } from '@/lib/request/form-fields';
import { linkOwner, OtherOwner, requireOwner } from '@/lib/request/form-owner';
import { beginAction } from '@/lib/request/store';
import { awayFailure, type Failure, failure, isUnavailable } from '@/lib/result';
import { findAttempt } from '@/lib/sign-in/attempt';
import type { Step } from '@/lib/sign-in/next-step';

type Shape = z.ZodObject;

/**
 * What a handler answers: a state for the form, or a failure of lib that becomes a sentence here.
 */
type Answer = FormState | Failure | undefined;

/** An action anyone may call on a live tenant's address. */
export function anonymousAction<S extends Shape>(
  schema: S,
  handler: (who: Awaited<ReturnType<typeof visitor>>, input: z.output<S>) => Promise<Answer>,
) {
  return action(schema, visitor, handler);
}

/**
 * An action of a mailed link's page. The form must be the one shown for the link that this browser
 * opened last.
 */
export function linkAction<S extends Shape>(
  cookie: LinkCookie,
  schema: S,
  handler: (who: Awaited<ReturnType<typeof behindLink>>, input: z.output<S>) => Promise<Answer>,
) {
  return action(schema, (form) => behindLink(form, cookie), handler);
}

/**
 * An action of a half-finished sign-in that waits for `step`. The form must be the one shown for
 * this very attempt.
 */
export function attemptAction<S extends Shape>(
  step: Exclude<Step, 'done'>,
  schema: S,
  handler: (who: Awaited<ReturnType<typeof inAttempt>>, input: z.output<S>) => Promise<Answer>,
) {
  return action(schema, (form) => inAttempt(form, step), handler);
}

/** An action of the root domain. */
export function rootAction<S extends Shape>(
  schema: S,
  handler: (who: Awaited<ReturnType<typeof onRoot>>, input: z.output<S>) => Promise<Answer>,
) {
  return action(schema, onRoot, handler);
}

/**
 * An action of a signed-in user; with a screen, of one who may open it. The form must be the one
 * shown to this very user. Where `recent` says so, the user must have proved who they are within
 * ten minutes; else the form asks for it and sends all again.
 */
export function userAction<S extends Shape>(
  schema: S,
  handler: (who: Awaited<ReturnType<typeof signedIn>>, input: z.output<S>) => Promise<Answer>,
  screen?: Screen,
  recent?: Recent<Awaited<ReturnType<typeof signedIn>>, z.output<S>>,
) {
  return action(schema, (form) => signedIn(form, screen), handler, {
    recent,
    asks: 'password',
    prove: ({ tenant, user, session, cause }, typed) =>
      requireRecentProof(tenant, { userId: user.id, sessionId: session.id }, typed, cause),
  });
}

/** An action anyone may call on the operator's address. */
export function anonymousOperatorAction<S extends Shape>(
  schema: S,
  handler: (who: Awaited<ReturnType<typeof operatorAtDoor>>, input: z.output<S>) => Promise<Answer>,
) {
  return action(schema, operatorAtDoor, handler);
}

/**
 * An action of an operator's half-finished sign-in that waits for `step`. The form must be the one
 * shown for this very attempt.
 */
export function operatorAttemptAction<S extends Shape>(
  step: OperatorStep,
  schema: S,
  handler: (who: Awaited<ReturnType<typeof inOperatorAttempt>>, input: z.output<S>) => Promise<Answer>,
) {
  return action(schema, (form) => inOperatorAttempt(form, step), handler);
}

/**
 * An action of a signed-in operator. The form must be the one shown to this very operator. Where
 * `recent` says so, they must have shown their second factor within ten minutes; else the form asks
 * for a code and sends all again.
 */
export function operatorAction<S extends Shape>(
  schema: S,
  handler: (who: Awaited<ReturnType<typeof operatorIn>>, input: z.output<S>) => Promise<Answer>,
  recent?: Recent<Awaited<ReturnType<typeof operatorIn>>, z.output<S>>,
) {
  return action(schema, operatorIn, handler, {
    recent,
    asks: 'code',
    prove: ({ operator, session, cause }, typed) =>
      requireRecentCode({ operatorId: operator.id, sessionId: session.id }, typed, cause),
  });
}

/**
 * Returns whether the request comes from a page of this host or of the origin `allowed`. A missing
 * Origin is refused.
 */
export async function isSameOrigin(allowed?: string) {
  const origin = (await headers()).get('origin');
  return origin !== null && origin === (allowed ?? (await currentOrigin()));
}

/** Whether an action needs a recent proof: always, or for this input. */
type Recent<Who, Input> = true | ((who: Who, input: Input) => boolean | Promise<boolean>);

type StepUp<Who, Input> = {
  recent: Recent<Who, Input> | undefined;
  asks: 'password' | 'code';
  prove(who: Who, typed: string): Promise<{ ok: true } | Failure>;
};

function action<S extends Shape, Who>(
  schema: S,
  guard: (form: FormData) => Promise<Who>,
  handler: (who: Who, input: z.output<S>) => Promise<Answer>,
  stepUp?: StepUp<Who, z.output<S>>,
): FormAction {
  return async (_previous, form) => {
    beginAction();
    // Next passes on whatever a client names as an action's arguments.
    if (!(form instanceof FormData)) return failed(failure('check-fields'), {}, 400);
    const values = echo(form, schema);
    try {
      if (!(await isSameOrigin())) return await failed({ ok: false, error: 'cross-site' }, values, 403);
      const who = await guard(form);
      const parsed = schema.safeParse({
        ...Object.fromEntries(singles(form)),
        ...uploads(form, schema),
      });
      if (!parsed.success) return await invalid(parsed.error, values);
      const proof = stepUp && (await provedFor(stepUp, who, parsed.data, form));
      if (proof && !proof.ok) return await unproved(proof, stepUp.asks, values);
      const answer = await handler(who, parsed.data);
      if (!answer) return { status: 'idle' };
      if (isConflict(answer)) return await conflicted(answer, values);
      if ('ok' in answer) return await failed(answer, values);
      return answer.shown?.preview ? { ...answer, values } : answer;
    } catch (error) {
      if (error instanceof OtherOwner) return failed(error.failure, values, 409);
      if (!isUnavailable(error)) throw error;
      log().error({ alert: 'unavailable', ...describe(error) });
      return failed(awayFailure(error), values, 503);
    }
  };
}

function isConflict(answer: FormState | Failure): answer is Failure & Parameters<typeof conflicted>[0] {
  return 'ok' in answer && answer.error === 'edit-conflict' && 'saved' in answer;
}

async function provedFor<Who, Input>({ recent, prove }: StepUp<Who, Input>, who: Who, input: Input, form: FormData) {
  const isNeeded = typeof recent === 'function' ? await recent(who, input) : recent;
  if (!isNeeded) return undefined;
  const typed = form.get('proof');
  return prove(who, typeof typed === 'string' ? typed : '');
}

async function visitor() {
  const { tenant, policy, viewer, locale } = await anyone();
  return {
    tenant,
    policy,
    viewer,
    locale,
    cause: await currentCause(viewer?.user.id ?? null),
  };
}

async function behindLink(form: FormData, cookie: LinkCookie) {
  const token = await readCookie(cookie);
  if (token !== undefined) requireOwner(form, 'link', linkOwner(token));
  return { ...(await visitor()), token };
}

async function inAttempt(form: FormData, step: Exclude<Step, 'done'>) {
  const who = await visitor();
  const attempt = await findAttempt(who.tenant, who.policy, await readCookie('attempt'));
  if (attempt) requireOwner(form, 'attempt', attempt.id);
  if (step === 'enroll' && attempt?.step === 'code')
    await recordRefusal(who.tenant, who.cause, 'enrolment', attempt.userId);
  if (attempt?.step !== step) redirect('/sign-in?reason=expired');
  return { ...who, attempt };
}

async function onRoot() {
  const { locale } = await anyoneAtRoot();
  return { locale, cause: await currentCause() };
}

async function operatorAtDoor() {
  const { viewer, locale } = await anyoneAtOperator();
  return { viewer, locale, cause: await currentCause(viewer?.id ?? null) };
}

async function inOperatorAttempt(form: FormData, step: OperatorStep) {
  const who = await operatorAtDoor();
  const attempt = await findOperatorAttempt(await readCookie('attempt'));
  if (attempt) requireOwner(form, 'attempt', attempt.id);
  if (step === 'enroll' && attempt?.step === 'code')
    await recordRefusal({ id: PROVIDER }, who.cause, 'enrolment', attempt.operatorId);
  if (attempt?.step !== step) redirect('/operator/sign-in?reason=expired');
  return { ...who, attempt };
}

async function operatorIn(form: FormData) {
  const who = await requireOperator();
  requireOwner(form, 'user', who.operator.id);
  return { ...who, cause: await currentCause(who.operator.id) };
}

async function signedIn(form: FormData, screen?: Screen) {
  const who = await requireUser(screen);
  requireOwner(form, 'user', who.user.id);
  return { ...who, cause: await currentCause(who.user.id) };
}
