import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test, vi } from 'vitest';
import { deadline } from '@/lib/network/deadline';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Nobody but the listener knows the signal, as with a request that waits. */
function listened(patience: number, other?: AbortSignal) {
  const fired = vi.fn();
  deadline(patience, other).addEventListener('abort', fired);
  return fired;
}

describe('a deadline', () => {
  test('fires in spite of garbage collection', async () => {
    const fired = listened(200, new AbortController().signal);
    collectGarbage();
    await vi.waitFor(() => expect(fired).toHaveBeenCalledOnce(), { timeout: 5_000, interval: 20 });
  });

  test('fires at once with a signal beside it, also one that had fired before', () => {
    const other = new AbortController();
    const [first, second] = [deadline(60_000, other.signal), deadline(60_000, null, undefined, other.signal)];
    expect([first.aborted, second.aborted]).toEqual([false, false]);
    other.abort();
    expect([first.aborted, second.aborted, deadline(60_000, other.signal).aborted]).toEqual([true, true, true]);
    expect(first.reason).toMatchObject({ name: 'TimeoutError' });
  });
});
