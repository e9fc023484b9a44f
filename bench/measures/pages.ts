import type { Request } from '@/bench/load';
import type { Loader } from '@/bench/loader';
import { ownCpuSeconds } from '@/bench/machine';
import type { Peer } from '@/bench/peer';
import type { People } from '@/bench/people';
import type { Product } from '@/bench/product';
import { median, ms, perSecond, type Row } from '@/bench/report';

const TARGET = 0.55;
const CLIENTS = 8;
const ROUNDS = 10;
const SECONDS = 1.5;

type Round = { rate: number; cpu: number };

/**
 * Signed-in pages against an empty page of Next: how many a second, and what each costs the
 * server's processor.
 */
export async function measurePages(product: Product, peer: Peer, people: People, loader: Loader): Promise<Row[]> {
  const subjects = [
    { name: 'empty page', pid: peer.pid, request: peer.page, warm: 2 },
    { name: '/home', pid: product.pid, request: people.page('/home'), warm: 1 },
    { name: '/settings/password', pid: product.pid, request: people.page('/settings/password'), warm: 1 },
  ].map((subject) => ({ ...subject, rounds: [] as Round[] }));
  // What the two pages share has been warmed by both of them.
  for (const { request, warm } of subjects)
    for (let time = 0; time < warm; time++) await loader.warm({ requests: [request], clients: CLIENTS });
  for (let round = 0; round < ROUNDS; round++) {
    for (const { pid, request, rounds } of subjects) rounds.push(await press(loader, pid, request, SECONDS));
  }
  const [first] = subjects;
  const [empty, ...pages] = subjects.map(({ name, rounds }) => ({
    name,
    rate: median(rounds.map(({ rate }) => rate)),
    cpu: median(rounds.map(({ cpu }) => cpu)),
    // Against the empty page of the same round: other work on this machine comes and goes.
    rateRatio: median(rounds.map(({ rate }, at) => rate / (first?.rounds[at]?.rate ?? Number.NaN))),
    cpuRatio: median(rounds.map(({ cpu }, at) => (first?.rounds[at]?.cpu ?? Number.NaN) / cpu)),
  }));
  if (!empty) throw new Error('nothing was measured');
  return pages.flatMap(({ name, rate, cpu, rateRatio, cpuRatio }) => [
    {
      measure: `${name}, signed in, pages`,
      value: perSecond(rate),
      peer: `empty page ${perSecond(empty.rate)}`,
      ratio: rateRatio,
      target: `${TARGET} or more`,
      met: rateRatio >= TARGET,
    },
    {
      measure: `${name}, signed in, CPU of the server a page`,
      value: ms(cpu),
      peer: `empty page ${ms(empty.cpu)}`,
      ratio: cpuRatio,
    },
  ]);
}

async function press(loader: Loader, pid: number, request: Request, seconds: number): Promise<Round> {
  const before = ownCpuSeconds(pid);
  const { latencies, seconds: took } = await loader.run({ requests: [request], seconds, clients: CLIENTS });
  return { rate: latencies.length / took, cpu: ((ownCpuSeconds(pid) - before) * 1000) / latencies.length };
}
