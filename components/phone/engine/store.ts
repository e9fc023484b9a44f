import type { Effect } from '@/components/phone/machine/effects';
import type { PhoneEvent } from '@/components/phone/machine/events';
import { transition } from '@/components/phone/machine/machine';
import { INITIAL_STATE, type PhoneState } from '@/components/phone/machine/state';
import { runReportingErrors, serialize } from './serialize';

export type Store = ReturnType<typeof createStore>;

/** Holds the state of the phone, runs the effects of each event, and reports changes. */
export function createStore(run: (effect: Effect) => void, onChange: (before: PhoneState, after: PhoneState) => void) {
  let phone = INITIAL_STATE;
  const listeners = new Set<() => void>();

  const dispatch = serialize((event: PhoneEvent) => {
    const before = phone;
    const { phone: after, effects } = transition(before, event, { now: Date.now(), random: Math.random() });
    phone = after;
    for (const effect of effects) runReportingErrors(() => run(effect));
    if (after === before) return;
    onChange(before, after);
    notify();
  });

  function notify() {
    for (const listener of listeners) runReportingErrors(listener);
  }

  function subscribe(listener: () => void) {
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }

  return {
    get phone() {
      return phone;
    },
    dispatch,
    notify,
    subscribe,
  };
}
