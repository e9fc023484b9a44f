import type { Engine } from './engine/engine';

/** The one phone of this document. It is not in the components: they come and go with the pages. */
let engine: Engine | undefined;
let loading: Promise<Engine> | undefined;
const waiting = new Set<() => void>();

export function livingEngine() {
  return engine;
}

/** Begins the phone of this document, or promises the one there is. */
export function startPhone(options: { socket: string; words: { notification: string } }) {
  loading ??= import('./engine/engine').then(({ startEngine }) => {
    engine = startEngine(options);
    for (const listener of waiting) listener();
    engine.begin();
    return engine;
  });
  return loading;
}

/** Calls back when the phone begins, and from then on whenever it changes. */
export function listenToPhone(listener: () => void) {
  let stop = engine?.listen(listener);
  const begin = () => {
    stop ??= engine?.listen(listener);
    listener();
  };
  waiting.add(begin);
  return () => {
    waiting.delete(begin);
    stop?.();
  };
}
