/**
 * Returns a function that handles one value after the other, also those passed during the handling.
 */
export function serialize<Value>(handle: (value: Value) => void) {
  const queue: Value[] = [];
  let isRunning = false;
  return (value: Value) => {
    queue.push(value);
    if (isRunning) return;
    isRunning = true;
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const one = next;
      runReportingErrors(() => handle(one));
    }
    isRunning = false;
  };
}

/** Runs a function. An exception is reported to the browser and not thrown. */
export function runReportingErrors(act: () => void) {
  try {
    act();
  } catch (error) {
    globalThis.reportError?.(error);
  }
}
