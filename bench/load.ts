import { Agent, request as send } from 'node:http';

/**
 * A small process of its own that sends requests on kept connections: the parent says what, this
 * answers how it went.
 */

export type Request = {
  port: number;
  path: string;
  method?: 'GET' | 'POST';
  headers: Record<string, string>;
  body?: string;
  /** Status of the right answer; anything else counts as wrong. */
  status: number;
  /** Goes on to where the answer leads, as a browser does; the two count as one. */
  follow?: { headers: Record<string, string>; status: number };
};

export type Plan = {
  requests: Request[];
  seconds: number;
  /** Each request is sent once; then it ends. */
  once?: boolean;
  /** Ends earlier, after so many answers. */
  most?: number;
  /**
   * So many at a time, each sending its next request at once; client n takes requests n, n +
   * clients, and so on.
   */
  clients?: number;
  /** Or one every so many milliseconds, whether the one before has been answered or not. */
  everyMs?: number;
};

export type Outcome = { latencies: number[]; seconds: number; wrong: string[] };

const agent = new Agent({ keepAlive: true, maxSockets: 256, scheduling: 'fifo' });

process.on('disconnect', () => process.exit(0));
process.on('message', async (plan: Plan) => process.send?.(await carryOut(plan)));

async function carryOut(plan: Plan): Promise<Outcome> {
  const outcome: Outcome = { latencies: [], seconds: 0, wrong: [] };
  const started = performance.now();
  const until = started + plan.seconds * 1000;
  await (plan.everyMs ? paced(plan, plan.everyMs, until, outcome) : pressing(plan, until, outcome));
  outcome.seconds = (performance.now() - started) / 1000;
  return outcome;
}

async function pressing(
  { requests, clients = 1, most = Infinity, once = false }: Plan,
  until: number,
  outcome: Outcome,
) {
  const client = async (_: unknown, number: number) => {
    const own = requests.filter((_request, at) => at % clients === number % requests.length);
    const turns = once ? own.length : Infinity;
    for (let turn = 0; turn < turns && performance.now() < until && outcome.latencies.length < most; turn++)
      await ask(own[turn % own.length] ?? requests[0], outcome);
  };
  await Promise.all(Array.from({ length: clients }, client));
}

async function paced({ requests }: Plan, everyMs: number, until: number, outcome: Outcome) {
  const open: Promise<void>[] = [];
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      if (performance.now() < until) return open.push(ask(requests[open.length % requests.length], outcome));
      clearInterval(timer);
      resolve();
    }, everyMs);
  });
  await Promise.all(open);
}

function ask(request: Request | undefined, outcome: Outcome, started = performance.now()): Promise<void> {
  if (!request) throw new Error('no request to send');
  const { port, path, method = 'GET', headers, body, status, follow } = request;
  return new Promise((resolve) => {
    const wrong = (what: string) => {
      outcome.wrong.push(`${method} ${path}: ${what}`);
      resolve();
    };
    const sent = send({ host: '127.0.0.1', port, path, method, headers, agent }, (response) => {
      response.resume();
      response.on('error', (error) => wrong(error.message));
      response.on('end', () => {
        if (response.statusCode !== status) return wrong(`${response.statusCode} ${response.headers.location ?? ''}`);
        const next = response.headers.location;
        if (follow && next) return resolve(ask({ port, path: next, ...follow }, outcome, started));
        outcome.latencies.push(performance.now() - started);
        resolve();
      });
    });
    sent.on('error', (error) => {
      // A server may close a kept connection at the moment of its next use; a browser then asks
      // again.
      if (sent.reusedSocket) resolve(ask(request, outcome));
      else wrong(error.message);
    });
    sent.end(body);
  });
}
