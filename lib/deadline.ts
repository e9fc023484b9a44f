/**
 * Promises a signal that fires after `patience` milliseconds, or with the first of `others`. Its timer holds it: a signal
 * that AbortSignal.any made of AbortSignal.timeout may be collected as garbage (Node 20.20), and then never fires.
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
