import type { Instrumentation } from 'next';
import { describe, log } from '@/lib/log';
import { answerWith, isBrokenAction } from '@/lib/request/store';
import { isUnavailable } from '@/lib/result';

/**
 * Receives every error of a page, route or action before Next answers: an unavailable service is
 * 503, a body that is no form is 400, and neither is a bug.
 */
export function onRequestError(...[error, , { routeType }]: Parameters<Instrumentation.onRequestError>) {
  if (isUnavailable(error)) answerWith(503, 5);
  else if (isBrokenAction(routeType)) return answerWith(400);
  else if (error instanceof Error && BROKEN_FORM.test(error.message)) return answerWith(400);
  log().error({ alert: 'request failed', ...describe(error) });
}

/** What Next's parsers of forms say; none of these sentences is ours. */
const BROKEN_FORM =
  /^(Unexpected end of (form|file)|Multipart: Boundary not found|Malformed (content type|part header|urlencoded form)|Unsupported content type|Missing Content-Type|Failed to parse body as FormData|Could not parse content as FormData|Invalid (boundary|Server Actions request)|Connection closed)/;
