import { useLayoutEffect, useState } from 'react';
import type { FormState } from '@/lib/forms/state';

const DONE = 'gatehouse-done';

/*
 * The next form may undo what this one did, so only the newest message stays, from its first paint
 * on.
 */
export function useOutdated(state: FormState) {
  const [outdated, setOutdated] = useState<FormState>();
  useLayoutEffect(() => {
    if (state.status !== 'done') return;
    const outdate = () => setOutdated(state);
    document.dispatchEvent(new Event(DONE));
    document.addEventListener(DONE, outdate);
    return () => document.removeEventListener(DONE, outdate);
  }, [state]);
  return state === outdated;
}
