import { liveCalls } from '@/components/phone/machine/state';
import { runningEngine } from './place';

/** Handles Alt+Shift with A (answer), H (hang up or reject) or M (mute), by physical key. */
export function listenForShortcuts() {
  const listen = (event: KeyboardEvent) => {
    const engine = runningEngine();
    if (!engine || !event.altKey || !event.shiftKey || event.ctrlKey || event.metaKey || event.repeat) return;
    const calls = liveCalls(engine.phone);
    const incoming = calls.find(({ phase }) => phase === 'incoming');
    const current =
      calls.find(({ phase, held }) => phase === 'running' && !held) ?? calls.find((call) => call !== incoming);
    if (event.code === 'KeyA' && incoming) engine.dispatch({ type: 'answer', id: incoming.id });
    else if (event.code === 'KeyH' && incoming) engine.dispatch({ type: 'reject', id: incoming.id });
    else if (event.code === 'KeyH' && current) engine.dispatch({ type: 'hang-up', id: current.id });
    else if (event.code === 'KeyM' && current) engine.dispatch({ type: 'mute', id: current.id, muted: !current.muted });
    else return;
    event.preventDefault();
  };
  addEventListener('keydown', listen);
  return () => removeEventListener('keydown', listen);
}
