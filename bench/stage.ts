import { setTimeout as delay } from 'node:timers/promises';
import { startLoader } from '@/bench/loader';
import { residentMegabytes } from '@/bench/machine';
import { startPeer } from '@/bench/peer';
import { makePeople } from '@/bench/people';
import { startDatabase, startProduct } from '@/bench/product';
import { seconds } from '@/lib/time';

/** What is measured, each started when the first asks for it and kept for the next. */
export type Stage = ReturnType<typeof openStage>;

export function openStage(tell: (what: string) => void) {
  const running: { stop(): Promise<void> }[] = [];
  const once = <Made>(make: () => Promise<Made>) => {
    let made: Promise<Made> | undefined;
    return () => {
      made ??= make();
      return made;
    };
  };
  const kept = <Process extends { stop(): Promise<void> }>(start: () => Promise<Process>) =>
    once(async () => {
      const process = await start();
      running.push(process);
      return process;
    });
  const database = kept(startDatabase);
  const peer = kept(() => {
    tell('builds an empty page');
    return startPeer();
  });
  const product = kept(async () => {
    tell('starts the product');
    return startProduct(await database(), residentMegabytes);
  });
  const people = once(async () => {
    const started = await product();
    tell('makes people');
    return makePeople(started);
  });
  return {
    database,
    peer,
    product,
    people,
    crowd: kept(async () => startLoader()),
    person: kept(async () => startLoader()),
    /**
     * Everything down again in reverse, whatever fails under way; what does not go by itself dies
     * with this process.
     */
    async close() {
      for (let one = running.pop(); one; one = running.pop()) {
        await Promise.race([one.stop().catch((error) => console.error(error)), delay(seconds(10))]);
      }
    },
  };
}
