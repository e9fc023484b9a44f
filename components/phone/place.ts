import type { Engine, EngineOptions } from './engine/engine';

/** The one phone of this document. It outlives the components, which change with the pages. */
let engine: Engine | undefined;
let loading: Promise<Engine> | undefined;
const waiting = new Set<() => void>();

export function runningEngine() {
  return engine;
}

/** Starts the phone of this document once. */
export function startPhone(options: EngineOptions) {
  loading ??= import('./engine/engine').then(({ startEngine }) => {
    engine = startEngine(options);
    for (const listener of waiting) listener();
    engine.start();
    return engine;
  });
  return loading;
}

/**
 * Calls `listener` when the phone starts and whenever it changes. Returns the unsubscribe function.
 */
export function subscribeToPhone(listener: () => void) {
  let stop = engine?.subscribe(listener);
  const start = () => {
    stop ??= engine?.subscribe(listener);
    listener();
  };
  waiting.add(start);
  return () => {
    waiting.delete(start);
    stop?.();
  };
}
