/** Returns an expected failure: its code `error`, and the values that its message needs. */
export function failure<Code extends string, Detail extends object = object>(error: Code, detail?: Detail) {
  return { ok: false, error, ...(detail as Detail) } as const;
}

/** Any expected failure; `field` is the form's. */
export type Failure = { ok: false; error: string; field?: string };

/**
 * A service we depend on did not answer in time: the request is answered 503 and nobody is signed
 * out.
 */
export class Unavailable extends Error {
  override name = 'Unavailable';
  constructor(
    /** `keys` is a key id that other instances write under and this one does not have. */
    readonly service: 'database' | 'hashing' | 'mail' | 'keys',
    readonly code?: string,
  ) {
    super(`${service} unavailable${code ? ` (${code})` : ''}`);
  }
}

/**
 * Whether this is an Unavailable: the front and Next's bundles each load a class of their own.
 * Pure.
 */
export function isUnavailable(error: unknown): error is Unavailable {
  return error instanceof Error && error.name === 'Unavailable';
}

/** Returns whether a service did not answer in time, rather than fail at once. Pure. */
export function isHanging(error: unknown): error is Unavailable {
  return isUnavailable(error) && (error.code === 'deadline' || error.code === 'CONNECT_TIMEOUT');
}

/** The failure that a form is told where a service is away. Pure. */
export function awayFailure({ service }: Unavailable) {
  return failure(service === 'hashing' ? 'busy' : 'unavailable');
}
