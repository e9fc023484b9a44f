import { type Child, startChild } from '@/bench/child';
import type { Request } from '@/bench/load';
import type { Loader } from '@/bench/loader';
import type { Product } from '@/bench/product';
import { median, perSecond, type Row } from '@/bench/report';
import { closeDatabase } from '@/db';
import { randomToken } from '@/lib/crypto';
import { closeHashing } from '@/lib/passwords/hashing';
import { samlAddresses } from '@/lib/sso/connections/saml-addresses';
import type { SamlConnection } from '@/lib/sso/saml/party';
import { beginFlow } from '@/lib/sso/sign-in/flows';
import { answerXml, encoded, newId, type SamlKeys, signed } from '@/tests/support/saml-answers';
import { newSamlConnection } from '@/tests/support/saml-connections';
import { startSamlIdp } from '@/tests/support/saml-idp';
import { newTenant, newUser } from '@/tests/support/users';

const CLIENTS = 16;
const ROUNDS = 4;
const TENANTS = 4;
const USERS = 64;
const ANSWERS = 192;
const SECONDS = 3;

type Alone = Child<{ xml: string; certificate: string; seconds: number }, { made: number; seconds: number }>;
type Office = { tenant: Awaited<ReturnType<typeof newTenant>>; connection: SamlConnection };
type Person = Office & { email: string; device: string };

/**
 * SAML sign-ins, from the provider's answer to the session, against what verifying their signatures
 * alone would take.
 */
export async function measureSamlSignIns({ port, admin, database }: Product, loader: Loader): Promise<Row[]> {
  process.env.TEST_ADMIN_URL = database.adminUrl;
  const idp = await startSamlIdp();
  const offices = await Promise.all(Array.from({ length: TENANTS }, () => office(idp)));
  const people: Person[] = [];
  for (let at = 0; at < USERS; at++) people.push(await personOf(offices[at % TENANTS] as Office));
  await closeHashing();
  const alone: Alone = startChild('saml-alone.ts');
  const rounds = { alone: [] as number[], product: [] as number[] };
  const sample = answerTo(people[0] as Person, newId(), idp.keys, idp.entityId);
  for (let round = 0; round <= ROUNDS; round++) {
    const requests = [];
    for (let at = 0; at < ANSWERS; at++) requests.push(await requestOf(people[at % USERS] as Person, port, idp));
    const bare = await alone.ask({ xml: sample, certificate: idp.keys.certificate.pem, seconds: SECONDS });
    const { latencies, seconds } = await loader.run({ requests, seconds: 60, clients: CLIENTS, once: true });
    // The first round warms up.
    if (round === 0) continue;
    rounds.alone.push(bare.made / bare.seconds);
    rounds.product.push(latencies.length / seconds);
  }
  const [row] = await admin`select count(*)::int as sessions from sessions where connection_id is not null`;
  if (row?.sessions !== ANSWERS * (ROUNDS + 1)) throw new Error(`${row?.sessions} sessions came of the answers`);
  await Promise.all([alone.stop(), idp.stop(), closeDatabase()]);
  return [
    {
      measure: `SAML sign-ins, ${CLIENTS} clients`,
      value: perSecond(median(rounds.product)),
      peer: `signature verification alone ${perSecond(median(rounds.alone))}`,
      ratio: median(rounds.product.map((rate, at) => rate / (rounds.alone[at] ?? Number.NaN))),
    },
  ];
}

async function office(idp: Awaited<ReturnType<typeof startSamlIdp>>): Promise<Office> {
  const tenant = await newTenant({ entitlements: ['single-sign-on'] });
  return { tenant, connection: await newSamlConnection(tenant, idp) };
}

async function personOf(place: Office): Promise<Person> {
  const { email } = await newUser(place.tenant);
  return { ...place, email: email ?? '', device: randomToken() };
}

/** The provider's answer to a request under way, and the browser's own request behind it. */
async function requestOf(
  person: Person,
  port: number,
  { keys, entityId, url }: { keys: SamlKeys; entityId: string; url: string },
): Promise<Request> {
  const requestId = newId();
  const start = { purpose: 'sign-in', returnTo: null, userId: null, requestId, browser: undefined } as const;
  const { browser } = await beginFlow(person.tenant, person.connection.id, start);
  const body = new URLSearchParams({ SAMLResponse: encoded(answerTo(person, requestId, keys, entityId)) }).toString();
  const common = { host: person.tenant.host, accept: 'text/html', 'accept-language': 'en', 'user-agent': 'bench' };
  return {
    port,
    path: `/sso/saml/${person.connection.id}/acs`,
    method: 'POST',
    headers: {
      ...common,
      origin: url,
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': String(Buffer.byteLength(body)),
    },
    body,
    status: 303,
    follow: { headers: { ...common, cookie: `__Host-rq=${browser}; __Host-dv=${person.device}` }, status: 307 },
  };
}

function answerTo({ tenant, connection, email }: Person, requestId: string, keys: SamlKeys, issuer: string) {
  const { acs, entityId } = samlAddresses(tenant, connection.id);
  return signed(answerXml({ issuer, acs, entityId, requestId, nameId: email }), keys);
}
