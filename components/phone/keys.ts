import { liveCalls } from '@/components/phone/machine/state';
import { livingEngine } from './place';

/** Alt+Shift with a letter, by its place on the keyboard: answer, hang up or reject, mute. */
export function listenToKeys() {
  const listen = (event: KeyboardEvent) => {
    const engine = livingEngine();
    if (!engine || !event.altKey || !event.shiftKey || event.ctrlKey || event.metaKey || event.repeat) return;
    const calls = liveCalls(engine.phone);
    const rings = calls.find(({ phase }) => phase === 'incoming');
    const runs = calls.find(({ phase, held }) => phase === 'running' && !held) ?? calls.find((call) => call !== rings);
    if (event.code === 'KeyA' && rings) engine.tell({ type: 'answer', id: rings.id });
    else if (event.code === 'KeyH' && rings) engine.tell({ type: 'reject', id: rings.id });
    else if (event.code === 'KeyH' && runs) engine.tell({ type: 'hang-up', id: runs.id });
    else if (event.code === 'KeyM' && runs) engine.tell({ type: 'mute', id: runs.id, muted: !runs.muted });
    else return;
    event.preventDefault();
  };
  addEventListener('keydown', listen);
  return () => removeEventListener('keydown', listen);
}
