import { DEADLINE, GROUP, hashedAtOnce, MOST_WAITING } from '@/lib/passwords/hashing-pool';
import { isHanging, Unavailable } from '@/lib/result';
import { singleton } from '@/lib/singleton';

type QueuedCheck = { begin(): void; refuse(error: Unavailable): void; deadline: NodeJS.Timeout };

const queue = singleton<{ active: number; waiting: QueuedCheck[] }>('admission-queue', () => ({
  active: 0,
  waiting: [],
}));

/**
 * Returns the result of `work`, which looks up and checks a password. More checks than the threads
 * can hash wait here and begin in batches, which costs a third less. Throws Unavailable where the
 * queue is full, after 5 s, and at once where an earlier check found the database hanging.
 */
export async function admitToHashing<Value>(work: () => Promise<Value>): Promise<Value> {
  await waitForAdmission();
  try {
    return await work();
  } catch (error) {
    if (isHanging(error) && error.service === 'database') dequeue(queue.waiting.length, (one) => one.refuse(error));
    throw error;
  } finally {
    queue.active--;
    admitNext();
  }
}

function waitForAdmission() {
  if (queue.waiting.length >= MOST_WAITING) return Promise.reject(new Unavailable('hashing', 'busy'));
  return new Promise<void>((begin, refuse) => {
    const giveUp = () => {
      queue.waiting = queue.waiting.filter((one) => one.deadline !== deadline);
      refuse(new Unavailable('hashing', 'deadline'));
    };
    const deadline = setTimeout(giveUp, DEADLINE);
    queue.waiting.push({ begin, refuse, deadline });
    admitNext();
  });
}

function admitNext() {
  const capacity = hashedAtOnce();
  if (queue.active > capacity) return;
  dequeue(capacity + GROUP - queue.active, (one) => {
    queue.active++;
    one.begin();
  });
}

function dequeue(most: number, settle: (one: QueuedCheck) => void) {
  for (const one of queue.waiting.splice(0, most)) {
    clearTimeout(one.deadline);
    settle(one);
  }
}
