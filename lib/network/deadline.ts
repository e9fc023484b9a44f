/**
 * Returns a signal that fires after `patience` milliseconds, or with the first of `others`. A timer
 * keeps it alive: Node 20.20 can collect a signal made by AbortSignal.any, which then never fires.
 */
export function deadline(patience: number, ...others: (AbortSignal | null | undefined)[]): AbortSignal {
  const controller = new AbortController();
  const end = () => {
    clearTimeout(timer);
    for (const other of others) other?.removeEventListener('abort', end);
    controller.abort(new DOMException('The deadline has passed', 'TimeoutError'));
  };
  const timer = setTimeout(end, patience).unref();
  for (const other of others) {
    if (other?.aborted) end();
    else other?.addEventListener('abort', end);
  }
  return controller.signal;
}
