import { DEADLINE, GROUP, hashedAtOnce, MOST_WAITING } from '@/lib/passwords/hashing-pool';
import { isHanging, Unavailable } from '@/lib/result';
import { singleton } from '@/lib/singleton';

type Waiting = { begin(): void; refuse(error: Unavailable): void; deadline: NodeJS.Timeout };

const turns = singleton<{ working: number; waiting: Waiting[] }>('admission-queue', () => ({
  working: 0,
  waiting: [],
}));

/**
 * Promises what `work` returns, in which a password is looked up and checked. Where more want to sign in than can be hashed,
 * they wait here, before anything is asked for them, and go on in groups: done for several at once, what stands around a hash
 * costs a third less. Throws Unavailable where too many wait, after 5 s, and at once where somebody before waited for the database in vain.
 */
export async function admitToHashing<Value>(work: () => Promise<Value>): Promise<Value> {
  await turn();
  try {
    return await work();
  } catch (error) {
    if (isHanging(error) && error.service === 'database') take(turns.waiting.length, (one) => one.refuse(error));
    throw error;
  } finally {
    turns.working--;
    goOn();
  }
}

function turn() {
  if (turns.waiting.length >= MOST_WAITING) return Promise.reject(new Unavailable('hashing', 'busy'));
  return new Promise<void>((begin, refuse) => {
    const giveUp = () => {
      turns.waiting = turns.waiting.filter((one) => one.deadline !== deadline);
      refuse(new Unavailable('hashing', 'deadline'));
    };
    const deadline = setTimeout(giveUp, DEADLINE);
    turns.waiting.push({ begin, refuse, deadline });
    goOn();
  });
}

function goOn() {
  const few = hashedAtOnce();
  if (turns.working > few) return;
  take(few + GROUP - turns.working, (one) => {
    turns.working++;
    one.begin();
  });
}

function take(most: number, say: (one: Waiting) => void) {
  for (const one of turns.waiting.splice(0, most)) {
    clearTimeout(one.deadline);
    say(one);
  }
}
