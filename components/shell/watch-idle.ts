type Options = { idleMs: number; checkUrl: string; leave: (why: string) => void };
type Answer = { live: boolean; msLeft: number; why?: string } | 'unknown';

const REPORT_AT_MOST_EVERY_MS = 60_000;
const LOOK_AT_LEAST_EVERY_MS = 30_000;
const INTERACTIONS = ['pointerdown', 'keydown', 'scroll'] as const;

/*
 * Asks the server and never trusts its own clock alone: another tab may have kept the session
 * alive, a laptop may have slept.
 */
export function watchIdle({ idleMs, checkUrl, leave }: Options): () => void {
  const reportEvery = Math.min(REPORT_AT_MOST_EVERY_MS, idleMs / 4);
  let endsAt = Date.now() + idleMs;
  let reportedAt = Date.now();
  let touched = false;
  let asking = false;
  let timer: ReturnType<typeof setTimeout>;

  async function ask(method: 'GET' | 'POST') {
    if (asking) return;
    asking = true;
    const answer = await askServer(checkUrl, method);
    asking = false;
    if (answer === 'unknown') return;
    if (!answer.live) return leave(answer.why ?? 'idle');
    endsAt = Date.now() + answer.msLeft;
  }

  async function report() {
    touched = false;
    reportedAt = Date.now();
    await ask('POST');
  }

  /*
   * Looks before it reports: a person who comes back too late must not read on while the page still
   * seems alive.
   */
  async function look() {
    clearTimeout(timer);
    if (Date.now() >= endsAt) await ask('GET');
    else if (touched && Date.now() - reportedAt >= reportEvery) await report();
    plan();
  }

  function plan() {
    clearTimeout(timer);
    const nextReport = touched ? reportedAt + reportEvery - Date.now() : Number.POSITIVE_INFINITY;
    const nextEnd = endsAt - Date.now();
    const wait = Math.min(LOOK_AT_LEAST_EVERY_MS, nextReport, nextEnd > 0 ? nextEnd : LOOK_AT_LEAST_EVERY_MS);
    timer = setTimeout(look, Math.max(wait, 250));
  }

  function touch() {
    if (touched) return;
    touched = true;
    void look();
  }

  async function comeBack() {
    if (document.visibilityState !== 'visible') return;
    await ask('GET');
    touch();
  }

  for (const kind of INTERACTIONS) addEventListener(kind, touch, { passive: true, capture: true });
  document.addEventListener('visibilitychange', comeBack);
  addEventListener('pageshow', onPageShow);
  plan();

  function onPageShow(event: PageTransitionEvent) {
    if (event.persisted) void comeBack();
  }

  return () => {
    clearTimeout(timer);
    for (const kind of INTERACTIONS) removeEventListener(kind, touch, { capture: true });
    document.removeEventListener('visibilitychange', comeBack);
    removeEventListener('pageshow', onPageShow);
  };
}

/* A server that cannot answer (503, no network) has not said that the session is over. */
async function askServer(url: string, method: 'GET' | 'POST'): Promise<Answer> {
  try {
    const response = await fetch(url, { method, cache: 'no-store', headers: { accept: 'application/json' } });
    // No address of a live company any more, or nobody's session: there is nothing to read on.
    if ([401, 403, 404].includes(response.status)) return { live: false, msLeft: 0, why: 'ended' };
    if (!response.ok) return 'unknown';
    return (await response.json()) as Answer;
  } catch {
    return 'unknown';
  }
}
