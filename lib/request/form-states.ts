import { notFound } from 'next/navigation';
import type { z } from 'zod';
import { PROVIDER } from '@/lib/audit/provider';
import { recordRefusal } from '@/lib/audit/refusal';
import type { FormState } from '@/lib/forms/state';
import type { Saved } from '@/lib/forms/version';
import { showWait } from '@/lib/language/durations';
import { translator } from '@/lib/language/translator';
import { currentCause, currentLocale, currentRequest } from '@/lib/request/current';
import { answerWith, requests } from '@/lib/request/store';
import type { Failure } from '@/lib/result';

/** A form's state for what has been done, in the reader's words; `key` is a path in messages. */
export async function doneState(key: string, values?: Record<string, string | number>): Promise<FormState> {
  return { status: 'done', message: (await everySentence())(key, values), at: Date.now() };
}

/**
 * A form's state where another has saved since it was shown: nothing is saved, what was typed is
 * kept, and each field that differs says what is saved now. Sent again, it overwrites that
 * knowingly.
 */
export async function conflictState(
  { saved, version }: { saved: Saved; version: string | number },
  values: Record<string, string>,
): Promise<FormState> {
  const say = await everySentence();
  answerWith(409);
  // A browser ends the lines of a text area with CRLF.
  const typed = (name: string) => (values[name] ?? '').replaceAll('\r\n', '\n');
  const different = Object.entries(saved).filter(([name, value]) => fieldText(value) !== typed(name));
  const fields = different.map(([name, value]) => {
    if (typeof value === 'boolean') return [name, say(`forms.meanwhile${value ? 'On' : 'Off'}`)];
    const text = fieldText(value);
    return [name, text ? say('forms.meanwhile', { value: text }) : say('forms.meanwhileEmpty')];
  });
  const message = say('failures.edit-conflict');
  return {
    status: 'failed',
    message,
    fields: Object.fromEntries(fields),
    saved: Object.fromEntries(different.map(([name, value]) => [name, fieldText(value)])),
    values: { ...values, version: String(version) },
    at: Date.now(),
  };
}

/** How a form sends a value: a checked box as `on`, an empty one not at all. */
function fieldText(value: Saved[string]) {
  return typeof value === 'boolean' ? (value ? 'on' : '') : String(value ?? '');
}

/** A form's state for what does not fit the action's schema. */
export async function invalidState(error: z.ZodError, values: Record<string, string>): Promise<FormState> {
  const say = await everySentence();
  answerWith(400);
  const fields: Record<string, string> = {};
  for (const issue of error.issues) {
    const name = String(issue.path[0] ?? '');
    fields[name] ??= say(`failures.field.${fieldError(issue, values[name])}`, limits(issue));
  }
  return { status: 'failed', message: say('failures.check-fields'), fields, values, at: Date.now() };
}

function fieldError(issue: z.core.$ZodIssue, value: string | undefined) {
  if (value && issue.code === 'invalid_type' && issue.expected === 'number') return 'whole-number';
  if (
    issue.code === 'invalid_type' ||
    value === '' ||
    (issue.code === 'too_small' && issue.origin === 'string' && issue.minimum === 1)
  )
    return 'required';
  if (issue.code === 'too_big') return issue.origin === 'number' ? 'too-large' : 'too-long';
  if (issue.code === 'too_small') return issue.origin === 'number' ? 'too-small' : 'too-short';
  return 'invalid';
}

function limits(issue: z.core.$ZodIssue): Record<string, number> {
  if (issue.code === 'too_big') return { max: Number(issue.maximum) };
  if (issue.code === 'too_small') return { min: Number(issue.minimum) };
  return {};
}

/**
 * Statuses that a failure has of itself; a form that was merely filled in wrongly comes back with
 * 200.
 */
const STATUS: Record<string, number> = { 'too-many': 429, 'tenant-busy': 429, 'link-dead': 410 };

/**
 * A form's state for a failure of lib, which becomes a sentence here; what there is not is answered
 * 404.
 */
export async function failureState(
  failure: Failure,
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
  if (typeof detail.minutes === 'number') detail.wait = showWait(detail.minutes, await currentLocale());
  const say = await everySentence();
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
    : {
        status: 'failed',
        message: sentence,
        ...(status === 409 && { reload: { href: requests.getStore()?.path ?? '', label: say('forms.reload') } }),
        values,
        at: Date.now(),
      };
}

/**
 * A form's state where the user must prove who they are first; what they typed is kept, and sent
 * with the proof.
 */
export async function proofState(
  failure: Failure,
  asked: 'password' | 'code',
  values: Record<string, string>,
): Promise<FormState> {
  const state = await failureState(failure, values, STATUS[failure.error] ?? 403);
  const kind = failure.error === 'prove-provider' ? 'provider' : asked;
  const say = await everySentence();
  const label = say(`forms.proof.${kind}`);
  return { ...state, proof: { kind, label, show: say('forms.showPassword'), hide: say('forms.hidePassword') } };
}

/**
 * The state of a form that the front has read and that led nowhere; undefined where none was
 * posted. Throws what it met there.
 */
export async function refusedForm(): Promise<FormState | undefined> {
  const refused = requests.getStore()?.refused;
  if (!refused) return undefined;
  if ('thrown' in refused) throw refused.thrown;
  if ('invalid' in refused) return invalidState(refused.invalid, refused.values);
  return failureState(refused.failure, refused.values, refused.status);
}

async function everySentence() {
  const say = translator(await currentLocale());
  // A key that comes from a code is text to the compiler; tests/language/messages.test.ts proves
  // that every code has its sentence.
  return say as (key: string, values?: Record<string, string | number>) => string;
}
