import { headers } from 'next/headers';
import { notFound, redirect } from 'next/navigation';
import { createTranslator } from 'next-intl';
import type { z } from 'zod';
import { PROVIDER } from '@/lib/audit/provider';
import { recordRefusal } from '@/lib/audit/refusal';
import type { FormAction, FormState } from '@/lib/form-state';
import { describe, log } from '@/lib/log';
import { allMessages } from '@/lib/messages';
import { findOperatorAttempt, type OperatorStep } from '@/lib/operators/attempt';
import { readCookie } from '@/lib/request/cookies';
import {
  anyone,
  currentCause,
  currentLocale,
  currentOrigin,
  currentRequest,
  operatorVisitor,
  requireOperator,
  requireUser,
  rootVisitor,
  type Screen,
} from '@/lib/request/current';
import { answerWith } from '@/lib/request/store';
import { isTextFile, isUpload, LONGEST_TEXT_FILE } from '@/lib/request/text-file';
import { Unavailable } from '@/lib/result';
import { findAttempt } from '@/lib/sign-in/attempt';
import type { Step } from '@/lib/sign-in/next-step';

type Shape = z.ZodObject;
/** What a handler answers: a state for the form, or a failure of lib that becomes a sentence here. */
type Answer = FormState | { ok: false; error: string; field?: string } | undefined;

/** An action anyone may call on a live tenant's address. */
export function visitorAction<S extends Shape>(
  schema: S,
  handler: (who: Awaited<ReturnType<typeof visitor>>, input: z.output<S>) => Promise<Answer>,
) {
  return action(schema, visitor, handler);
}

/** An action of a half-finished sign-in that waits for `step`. */
export function attemptAction<S extends Shape>(
  step: Exclude<Step, 'done'>,
  schema: S,
  handler: (who: Awaited<ReturnType<typeof inAttempt>>, input: z.output<S>) => Promise<Answer>,
) {
  return action(schema, () => inAttempt(step), handler);
}

/** An action of the root domain. */
export function rootAction<S extends Shape>(
  schema: S,
  handler: (who: Awaited<ReturnType<typeof onRoot>>, input: z.output<S>) => Promise<Answer>,
) {
  return action(schema, onRoot, handler);
}

/** An action of a signed-in person; with a screen, of one who may open it. The form must be the one shown to this very person. */
export function userAction<S extends Shape>(
  schema: S,
  handler: (who: Awaited<ReturnType<typeof signedIn>>, input: z.output<S>) => Promise<Answer>,
  screen?: Screen,
) {
  return action(schema, (form) => signedIn(form, screen), handler);
}

/** An action anyone may call on the operator's address. */
export function operatorVisitorAction<S extends Shape>(
  schema: S,
  handler: (who: Awaited<ReturnType<typeof operatorAtDoor>>, input: z.output<S>) => Promise<Answer>,
) {
  return action(schema, operatorAtDoor, handler);
}

/** An action of an operator's half-finished sign-in that waits for `step`. */
export function operatorAttemptAction<S extends Shape>(
  step: OperatorStep,
  schema: S,
  handler: (who: Awaited<ReturnType<typeof inOperatorAttempt>>, input: z.output<S>) => Promise<Answer>,
) {
  return action(schema, () => inOperatorAttempt(step), handler);
}

/** An action of a signed-in operator. The form must be the one shown to this very person. */
export function operatorAction<S extends Shape>(
  schema: S,
  handler: (who: Awaited<ReturnType<typeof operatorIn>>, input: z.output<S>) => Promise<Answer>,
) {
  return action(schema, operatorIn, handler);
}

/** A form's state for what has been done, in the reader's words; `key` is a path in messages. */
export async function said(key: string, values?: Record<string, string | number>): Promise<FormState> {
  return { status: 'done', message: (await translator())(key, values), at: Date.now() };
}

/** A form's state for what cannot be done as things stand: a sentence above, one per field, and what was typed given back. */
export async function notAsIs(
  key: string,
  fields: Record<string, { key: string; values?: Record<string, string | number> }>,
  values: Record<string, string>,
): Promise<FormState> {
  const say = await translator();
  const told = Object.entries(fields).map(([name, words]) => [name, say(words.key, words.values)]);
  return { status: 'failed', message: say(key), fields: Object.fromEntries(told), values, at: Date.now() };
}

/** Promises that the request comes from a page of this very host, or of the one origin `allowed`. No Origin, no action. */
export async function isSameOrigin(allowed?: string) {
  const origin = (await headers()).get('origin');
  return origin !== null && origin === (allowed ?? (await currentOrigin()));
}

function action<S extends Shape, Who>(
  schema: S,
  guard: (form: FormData) => Promise<Who>,
  handler: (who: Who, input: z.output<S>) => Promise<Answer>,
): FormAction {
  return async (_previous, form) => {
    const values = echo(form, schema);
    try {
      if (!(await isSameOrigin())) return await failed({ ok: false, error: 'cross-site' }, values, 403);
      const who = await guard(form);
      const parsed = schema.safeParse({
        ...Object.fromEntries(singles(form)),
        ...uploads(form, schema),
        ...(await textFiles(form, schema)),
      });
      if (!parsed.success) return await invalid(parsed.error, values);
      const answer = await handler(who, parsed.data);
      if (!answer) return { status: 'idle' };
      if ('ok' in answer) return await failed(answer, values);
      return answer.shown?.preview ? { ...answer, values } : answer;
    } catch (error) {
      if (error instanceof OtherPerson) return failed({ ok: false, error: 'other-person' }, values, 409);
      if (!(error instanceof Unavailable)) throw error;
      log().error({ alert: 'unavailable', ...describe(error) });
      return failed({ ok: false, error: error.service === 'hashing' ? 'busy' : 'unavailable' }, values, 503);
    }
  };
}

async function visitor() {
  const { tenant, policy, viewer, locale } = await anyone();
  return {
    tenant,
    policy,
    viewer,
    locale,
    device: await readCookie('device'),
    cause: await currentCause(viewer?.user.id ?? null),
  };
}

async function inAttempt(step: Exclude<Step, 'done'>) {
  const who = await visitor();
  const attempt = await findAttempt(who.tenant, who.policy, await readCookie('attempt'));
  if (attempt?.step !== step) redirect('/sign-in?reason=expired');
  return { ...who, attempt };
}

async function onRoot() {
  const { locale } = await rootVisitor();
  return { locale, cause: await currentCause() };
}

async function operatorAtDoor() {
  const { viewer, locale } = await operatorVisitor();
  return { viewer, locale, device: await readCookie('device'), cause: await currentCause(viewer?.id ?? null) };
}

async function inOperatorAttempt(step: OperatorStep) {
  const who = await operatorAtDoor();
  const attempt = await findOperatorAttempt(await readCookie('attempt'));
  if (attempt?.step !== step) redirect('/operator/sign-in?reason=expired');
  return { ...who, attempt };
}

class OtherPerson extends Error {}

async function operatorIn(form: FormData) {
  const who = await requireOperator();
  if (form.get('as') !== who.operator.id) throw new OtherPerson();
  return { ...who, cause: await currentCause(who.operator.id) };
}

async function signedIn(form: FormData, screen?: Screen) {
  const who = await requireUser(screen);
  const shownTo = form.get('as');
  if (shownTo !== who.user.id) throw new OtherPerson();
  return { ...who, cause: await currentCause(who.user.id) };
}

/** Only fields sent once and as text; a repeated one, a file or a prototype's name counts as not sent. */
function singles(form: FormData) {
  return [...new Set(form.keys())]
    .filter(
      (name) => !name.startsWith('$ACTION') && form.getAll(name).length === 1 && typeof form.get(name) === 'string',
    )
    .map((name) => [name, form.get(name)] as const);
}

/** The files that the schema asks for, as text; one that was not chosen is empty. What is too long comes too long, for the schema to say so. */
async function textFiles(form: FormData, { shape }: Shape) {
  const asked = Object.keys(shape).filter((name) => isTextFile(shape[name]));
  const read = asked.map(async (name) => {
    const [file, ...more] = form.getAll(name);
    const text = file instanceof File && more.length === 0 ? await file.slice(0, LONGEST_TEXT_FILE + 1).text() : '';
    return [name, text] as const;
  });
  return Object.fromEntries(await Promise.all(read));
}

/** The files that the schema takes as they are: one each, and with something in it. */
function uploads(form: FormData, { shape }: Shape) {
  return Object.fromEntries(
    Object.keys(shape)
      .filter((name) => isUpload(shape[name]))
      .map((name) => [name, form.getAll(name)] as const)
      .map(([name, [file, ...more]]) => [
        name,
        file instanceof File && file.size > 0 && more.length === 0 ? file : undefined,
      ]),
  );
}

const SECRET_FIELD = /password|repeat|current|code|token|secret|^as$|^return_to$/i;

/** What the person typed, to be shown again, as long as its field may be: never a password or a code. */
function echo(form: FormData, { shape }: Shape) {
  const kept = singles(form).filter(([name]) => !SECRET_FIELD.test(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value).slice(0, longest(shape[name]))]));
}

function longest(field: z.core.$ZodType | undefined) {
  const most = field && 'maxLength' in field ? Number(field.maxLength) : 0;
  return Math.max(most, 400);
}

async function invalid(error: z.ZodError, values: Record<string, string>): Promise<FormState> {
  const say = await translator();
  answerWith(400);
  const fields: Record<string, string> = {};
  for (const issue of error.issues) {
    const name = String(issue.path[0] ?? '');
    fields[name] ??= say(`failures.field.${fieldError(issue, values[name])}`, limits(issue));
  }
  return { status: 'failed', message: say('failures.check-fields'), fields, values, at: Date.now() };
}

function fieldError(issue: z.core.$ZodIssue, value: string | undefined) {
  if (issue.code === 'invalid_type' || value === '' || (issue.code === 'too_small' && issue.minimum === 1))
    return 'required';
  if (issue.code === 'too_big') return 'too-long';
  if (issue.code === 'too_small') return 'too-short';
  return 'invalid';
}

function limits(issue: z.core.$ZodIssue): Record<string, number> {
  if (issue.code === 'too_big') return { max: Number(issue.maximum) };
  if (issue.code === 'too_small') return { min: Number(issue.minimum) };
  return {};
}

/** Statuses that a failure has of itself; a form that was merely filled in wrongly comes back with 200. */
const STATUS: Record<string, number> = { 'too-many': 429, 'link-dead': 410 };

async function failed(
  failure: { ok: false; error: string; field?: string },
  values: Record<string, string>,
  status = STATUS[failure.error],
): Promise<FormState> {
  if (failure.error === 'not-found') {
    const { found, operator } = await currentRequest();
    const actorId = found?.user?.id ?? operator?.operator?.id ?? null;
    if (found || operator)
      await recordRefusal(found?.tenant ?? { id: PROVIDER }, await currentCause(actorId), 'object');
    notFound();
  }
  const detail: Record<string, string | number> = {};
  for (const [name, value] of Object.entries<unknown>(failure)) {
    if (typeof value === 'string' || typeof value === 'number') detail[name] = value;
  }
  const say = await translator();
  const sentence = say(`failures.${failure.error}`, detail);
  if (status) answerWith(status, Number(detail.retryAfter) || (status === 503 ? 5 : undefined));
  return failure.field
    ? {
        status: 'failed',
        message: say('failures.check-fields'),
        fields: { [failure.field]: sentence },
        values,
        at: Date.now(),
      }
    : { status: 'failed', message: sentence, values, at: Date.now() };
}

async function translator() {
  const locale = await currentLocale();
  const messages = allMessages(locale);
  // A key that comes from a code is text to the compiler; tests/lib/messages.test.ts proves that every code has its sentence.
  return createTranslator({ locale, messages }) as (key: string, values?: Record<string, string | number>) => string;
}
