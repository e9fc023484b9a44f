import type { Request } from '@/bench/load';
import type { Loader } from '@/bench/loader';
import { ownCpuSeconds } from '@/bench/machine';
import type { Peer } from '@/bench/peer';
import type { People } from '@/bench/people';
import type { Product } from '@/bench/product';
import { median, ms, perSecond, type Row } from '@/bench/report';

const TARGET = 0.55;
const CLIENTS = 8;
const ROUNDS = 5;
const SECONDS = 3;
const WARM_SECONDS = 4;

type Round = { rate: number; cpu: number };

/** Signed-in pages against an empty page of Next: how many a second, and what each costs the server's processor. */
export async function measurePages(product: Product, peer: Peer, people: People, loader: Loader): Promise<Row[]> {
  const subjects = [
    { name: 'empty page', pid: peer.pid, request: peer.page },
    { name: '/home', pid: product.pid, request: people.page('/home') },
    { name: '/settings/password', pid: product.pid, request: people.page('/settings/password') },
  ].map((subject) => ({ ...subject, rounds: [] as Round[] }));
  for (const { pid, request } of subjects) await press(loader, pid, request, WARM_SECONDS);
  for (let round = 0; round < ROUNDS; round++) {
    for (const { pid, request, rounds } of subjects) rounds.push(await press(loader, pid, request, SECONDS));
  }
  const [empty, ...pages] = subjects.map(({ name, rounds }) => ({
    name,
    rate: median(rounds.map(({ rate }) => rate)),
    cpu: median(rounds.map(({ cpu }) => cpu)),
  }));
  if (!empty) throw new Error('nothing was measured');
  return pages.flatMap(({ name, rate, cpu }) => [
    {
      measure: `${name}, signed in, pages`,
      value: perSecond(rate),
      peer: `empty page ${perSecond(empty.rate)}`,
      ratio: rate / empty.rate,
      target: `${TARGET} or more`,
      met: rate / empty.rate >= TARGET,
    },
    {
      measure: `${name}, signed in, CPU of the server a page`,
      value: ms(cpu),
      peer: `empty page ${ms(empty.cpu)}`,
      ratio: empty.cpu / cpu,
    },
  ]);
}

async function press(loader: Loader, pid: number, request: Request, seconds: number): Promise<Round> {
  const before = ownCpuSeconds(pid);
  const { latencies, seconds: took } = await loader.run({ requests: [request], seconds, clients: CLIENTS });
  return { rate: latencies.length / took, cpu: ((ownCpuSeconds(pid) - before) * 1000) / latencies.length };
}
