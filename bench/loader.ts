import { startChild } from '@/bench/child';
import type { Outcome, Plan } from '@/bench/load';

/** Promises a process that sends requests. A wrong answer stops the bench: a figure with errors in it says nothing. */
export function startLoader() {
  const child = startChild<Plan, Outcome>('load.ts');
  return {
    pid: child.pid,
    stop: child.stop,
    async run(plan: Plan) {
      const outcome = await child.ask(plan);
      const { wrong, latencies } = outcome;
      if (wrong.length > 0) throw new Error(`${wrong.length} wrong answers of ${latencies.length}, first ${wrong[0]}`);
      return outcome;
    },
  };
}

export type Loader = ReturnType<typeof startLoader>;
