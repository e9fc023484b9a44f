/**
 * Promises a function that takes one thing after the other: what handling one causes at once waits its turn, and one that
 * fails holds up none behind it.
 */
export function oneByOne<Thing>(handle: (thing: Thing) => void) {
  const queue: Thing[] = [];
  let isRunning = false;
  return (thing: Thing) => {
    queue.push(thing);
    if (isRunning) return;
    isRunning = true;
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const one = next;
      attempt(() => handle(one));
    }
    isRunning = false;
  };
}

/** Does one thing. That it failed is told to the browser alone, and nothing beside it suffers. */
export function attempt(act: () => void) {
  try {
    act();
  } catch (error) {
    globalThis.reportError?.(error);
  }
}
