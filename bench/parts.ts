import { measureAudit } from '@/bench/measures/audit';
import { measureBusyPage } from '@/bench/measures/busy-page';
import { measureLookUp } from '@/bench/measures/look-up';
import { measureMemory } from '@/bench/measures/memory';
import { measureOidcCallback } from '@/bench/measures/oidc-callback';
import { measurePages } from '@/bench/measures/pages';
import { measurePeople } from '@/bench/measures/people';
import { measurePhone } from '@/bench/measures/phone';
import { measureSamlSignIns } from '@/bench/measures/saml-sign-ins';
import { measureSignIns } from '@/bench/measures/sign-ins';
import { measureWeight } from '@/bench/measures/weight';
import type { Row } from '@/bench/report';
import type { Stage } from '@/bench/stage';
import { minutes } from '@/lib/time';

/**
 * One part of the bench. `longest`: with what it starts; who needs more has no time on this
 * machine.
 */
export type Part = {
  name: string;
  what: string;
  longest: number;
  measure(stage: Stage, tell: (what: string) => void): Promise<Row[]>;
};

export const PARTS: Part[] = [
  {
    name: 'memory',
    what: 'memory at rest',
    longest: minutes(5),
    measure: async ({ peer, product }) => {
      const empty = await peer();
      return measureMemory(await product(), empty);
    },
  },
  {
    name: 'weight',
    what: 'bytes of the sign-in page',
    longest: minutes(3),
    measure: async ({ peer, product, people }) => measureWeight(await product(), await peer(), await people()),
  },
  {
    name: 'pages',
    what: 'pages per second',
    longest: minutes(4),
    measure: async ({ peer, product, people, crowd }) =>
      measurePages(await product(), await peer(), await people(), await crowd()),
  },
  {
    name: 'sign-ins',
    what: 'sign-ins per second',
    longest: minutes(4),
    measure: async ({ product, people, crowd }) => measureSignIns(await product(), await people(), await crowd()),
  },
  {
    name: 'saml',
    what: 'SAML sign-ins per second',
    longest: minutes(4),
    measure: async ({ product, crowd }) => measureSamlSignIns(await product(), await crowd()),
  },
  {
    name: 'busy-page',
    what: 'pages while others sign in',
    longest: minutes(4),
    measure: async ({ people, crowd, person }) => measureBusyPage(await people(), await crowd(), await person()),
  },
  {
    name: 'oidc',
    what: 'the way back from an OpenID provider',
    longest: minutes(4),
    measure: async ({ product }) => measureOidcCallback(await product()),
  },
  {
    name: 'phone',
    what: 'the phone: from signing in to ready',
    longest: minutes(4),
    measure: async ({ peer }) => measurePhone(await peer()),
  },
  {
    name: 'look-up',
    what: 'a session among a million',
    longest: minutes(6),
    measure: async ({ database }) => measureLookUp(await database()),
  },
  {
    name: 'people',
    what: 'the list of a hundred thousand people',
    longest: minutes(5),
    measure: async ({ database }) => measurePeople(await database()),
  },
  {
    name: 'audit',
    what: 'a trail of ten million events',
    longest: minutes(20),
    measure: async ({ database }, tell) => measureAudit(await database(), tell),
  },
];
