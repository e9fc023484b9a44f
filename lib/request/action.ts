import type { z } from 'zod';
import type { FormAction, FormState } from '@/lib/forms/state';
import { describe, log } from '@/lib/log';
import type { OperatorStep } from '@/lib/operators/attempt';
import { requireRecentCode } from '@/lib/operators/step-up';
import { requireRecentProof } from '@/lib/passwords/step-up';
import {
  guardAnyone,
  guardAttempt,
  guardLink,
  guardOperator,
  guardOperatorAttempt,
  guardOperatorSignIn,
  guardRoot,
  guardUser,
  isSameOrigin,
} from '@/lib/request/action-guards';
import type { LinkCookie } from '@/lib/request/cookie-names';
import type { Screen } from '@/lib/request/current';
import { echo, singles, uploads } from '@/lib/request/form-fields';
import { OtherOwner } from '@/lib/request/form-owner';
import { conflictState, failureState, invalidState, proofState } from '@/lib/request/form-states';
import { beginAction } from '@/lib/request/store';
import { awayFailure, type Failure, failure, isUnavailable } from '@/lib/result';
import type { Step } from '@/lib/sign-in/next-step';

type Shape = z.ZodObject;

/**
 * What a handler answers: a state for the form, or a failure of lib that becomes a sentence here.
 */
type Answer = FormState | Failure | undefined;

/** An action anyone may call on a live tenant's address. */
export function anonymousAction<S extends Shape>(
  schema: S,
  handler: (who: Awaited<ReturnType<typeof guardAnyone>>, input: z.output<S>) => Promise<Answer>,
) {
  return action(schema, guardAnyone, handler);
}

/**
 * An action of a mailed link's page. The form must be the one shown for the link that this browser
 * opened last.
 */
export function linkAction<S extends Shape>(
  cookie: LinkCookie,
  schema: S,
  handler: (who: Awaited<ReturnType<typeof guardLink>>, input: z.output<S>) => Promise<Answer>,
) {
  return action(schema, (form) => guardLink(form, cookie), handler);
}

/**
 * An action of a half-finished sign-in that waits for `step`. The form must be the one shown for
 * this very attempt.
 */
export function attemptAction<S extends Shape>(
  step: Exclude<Step, 'done'>,
  schema: S,
  handler: (who: Awaited<ReturnType<typeof guardAttempt>>, input: z.output<S>) => Promise<Answer>,
) {
  return action(schema, (form) => guardAttempt(form, step), handler);
}

/** An action of the root domain. */
export function rootAction<S extends Shape>(
  schema: S,
  handler: (who: Awaited<ReturnType<typeof guardRoot>>, input: z.output<S>) => Promise<Answer>,
) {
  return action(schema, guardRoot, handler);
}

/**
 * An action of a signed-in user; with a screen, of one who may open it. The form must be the one
 * shown to this very user. Where `recent` says so, the user must have proved who they are within
 * ten minutes; else the form asks for it and sends all again.
 */
export function userAction<S extends Shape>(
  schema: S,
  handler: (who: Awaited<ReturnType<typeof guardUser>>, input: z.output<S>) => Promise<Answer>,
  screen?: Screen,
  recent?: Recent<Awaited<ReturnType<typeof guardUser>>, z.output<S>>,
) {
  return action(schema, (form) => guardUser(form, screen), handler, {
    recent,
    asks: 'password',
    prove: ({ tenant, user, session, cause }, typed) =>
      requireRecentProof(tenant, { userId: user.id, sessionId: session.id }, typed, cause),
  });
}

/** An action anyone may call on the operator's address. */
export function anonymousOperatorAction<S extends Shape>(
  schema: S,
  handler: (who: Awaited<ReturnType<typeof guardOperatorSignIn>>, input: z.output<S>) => Promise<Answer>,
) {
  return action(schema, guardOperatorSignIn, handler);
}

/**
 * An action of an operator's half-finished sign-in that waits for `step`. The form must be the one
 * shown for this very attempt.
 */
export function operatorAttemptAction<S extends Shape>(
  step: OperatorStep,
  schema: S,
  handler: (who: Awaited<ReturnType<typeof guardOperatorAttempt>>, input: z.output<S>) => Promise<Answer>,
) {
  return action(schema, (form) => guardOperatorAttempt(form, step), handler);
}

/**
 * An action of a signed-in operator. The form must be the one shown to this very operator. Where
 * `recent` says so, they must have shown their second factor within ten minutes; else the form asks
 * for a code and sends all again.
 */
export function operatorAction<S extends Shape>(
  schema: S,
  handler: (who: Awaited<ReturnType<typeof guardOperator>>, input: z.output<S>) => Promise<Answer>,
  recent?: Recent<Awaited<ReturnType<typeof guardOperator>>, z.output<S>>,
) {
  return action(schema, guardOperator, handler, {
    recent,
    asks: 'code',
    prove: ({ operator, session, cause }, typed) =>
      requireRecentCode({ operatorId: operator.id, sessionId: session.id }, typed, cause),
  });
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
    if (!(form instanceof FormData)) return failureState(failure('check-fields'), {}, 400);
    const values = echo(form, schema);
    try {
      if (!(await isSameOrigin())) return await failureState({ ok: false, error: 'cross-site' }, values, 403);
      const who = await guard(form);
      const parsed = schema.safeParse({ ...Object.fromEntries(singles(form)), ...uploads(form, schema) });
      if (!parsed.success) return await invalidState(parsed.error, values);
      const proof = stepUp && (await needsProof(stepUp, who, parsed.data, form));
      if (proof && !proof.ok) return await proofState(proof, stepUp.asks, values);
      return await stateOf(await handler(who, parsed.data), values);
    } catch (error) {
      return stateOfError(error, values);
    }
  };
}

type Values = Record<string, string>;

/** Returns what the form shows for a handler's answer, with the values that were sent. */
async function stateOf(answer: Answer, values: Values): Promise<FormState> {
  if (!answer) return { status: 'idle' };
  if (isConflict(answer)) return conflictState(answer, values);
  if ('ok' in answer) return failureState(answer, values);
  return answer.shown?.preview ? { ...answer, values } : answer;
}

/** Returns what the form shows after an outage, or for another user's form; throws other errors. */
async function stateOfError(error: unknown, values: Values): Promise<FormState> {
  if (error instanceof OtherOwner) return failureState(error.failure, values, 409);
  if (!isUnavailable(error)) throw error;
  log().error({ alert: 'unavailable', ...describe(error) });
  return failureState(awayFailure(error), values, 503);
}

function isConflict(answer: FormState | Failure): answer is Failure & Parameters<typeof conflictState>[0] {
  return 'ok' in answer && answer.error === 'edit-conflict' && 'saved' in answer;
}

async function needsProof<Who, Input>({ recent, prove }: StepUp<Who, Input>, who: Who, input: Input, form: FormData) {
  const isNeeded = typeof recent === 'function' ? await recent(who, input) : recent;
  if (!isNeeded) return undefined;
  const typed = form.get('proof');
  return prove(who, typeof typed === 'string' ? typed : '');
}
