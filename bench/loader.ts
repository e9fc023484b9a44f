import { startChild } from '@/bench/child';
import type { Outcome, Plan } from '@/bench/load';

// A server goes on getting faster for its first thousand answers of a kind, so each has as many
// before it is measured.
const WARM = { most: 1000, seconds: 30 };

/**
 * Returns a process that sends requests. A wrong answer stops the bench: a figure with errors in
 * it says nothing.
 */
export function startLoader() {
  const child = startChild<Plan, Outcome>('load.ts');
  const run = async (plan: Plan) => {
    const outcome = await child.ask(plan);
    const { wrong, latencies } = outcome;
    if (wrong.length > 0) throw new Error(`${wrong.length} wrong answers of ${latencies.length}, first ${wrong[0]}`);
    return outcome;
  };
  return {
    pid: child.pid,
    stop: child.stop,
    run,
    /** Returns a server that has got as fast at these as it gets. */
    warm: (plan: Pick<Plan, 'requests' | 'clients'>) => run({ ...WARM, ...plan }),
  };
}

export type Loader = ReturnType<typeof startLoader>;
