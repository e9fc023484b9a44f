import { describe, log } from '@/lib/log';
import { answerWith } from '@/lib/request/store';
import { Unavailable } from '@/lib/result';

/** Next tells every error of a page, route or action here, before it answers: a service that is away is 503 and not a bug. */
export function onRequestError(error: unknown) {
  if (error instanceof Unavailable || (error instanceof Error && error.name === 'Unavailable')) answerWith(503, 5);
  log().error({ alert: 'request failed', ...describe(error) });
}
