import { startChild } from '@/bench/child';
import type { Product } from '@/bench/product';
import { median, ms, percentile, type Row } from '@/bench/report';
import type { Answer, Question } from '@/bench/swift-provider';
import { closeDatabase } from '@/db';
import { createConnection } from '@/lib/sso/connections/change';
import { pathOf, visitor } from '@/tests/support/browser';
import { hostOf, newTenant, newUser } from '@/tests/support/users';

const WARM_UP = 30;
const TIMES = 150;
const cause = { actorId: null, address: '127.0.0.1', userAgent: 'bench', requestId: 'bench' };

/**
 * From the callback of a provider until the session is open, less what the provider
 * itself takes meanwhile.
 */
export async function measureOidcCallback({ port, admin }: Product): Promise<Row[]> {
  const provider = startChild<Question, Answer>('swift-provider.ts');
  try {
    const { tenant, connection } = await makeOffice(await provider.ask({ kind: 'where' }), admin);
    const host = hostOf(tenant);
    const own: number[] = [];
    const exchange: number[] = [];
    for (let turn = 0; turn < WARM_UP + TIMES; turn++) {
      const browser = visitor({ port, host });
      const start = await browser.get(`/sso/start/${connection}`);
      const query = new URL(start.location ?? '').searchParams;
      const code = `code-${turn}`;
      await provider.ask({ kind: 'ready', code, nonce: query.get('nonce') ?? '', subject: 'bench' });
      await provider.ask({ kind: 'spent' });
      const back = new URL(query.get('redirect_uri') ?? '');
      back.search = new URLSearchParams({ code, state: query.get('state') ?? '' }).toString();
      const answer = await browser.get(pathOf(back.href));
      if (answer.location !== '/home') throw new Error(`not signed in: ${answer.status} ${answer.location}`);
      const { spent } = await provider.ask({ kind: 'spent' });
      if (turn < WARM_UP) continue;
      exchange.push(spent[0] ?? Number.NaN);
      own.push(answer.ms - (spent[0] ?? Number.NaN));
    }
    return [
      {
        measure: 'OpenID Connect callback without the provider’s own time, p50',
        value: ms(median(own)),
        peer: `the provider takes ${ms(median(exchange))}`,
      },
      { measure: 'the same, p99', value: ms(percentile(own, 99)) },
    ];
  } finally {
    await provider.stop();
    await closeDatabase();
  }
}

async function makeOffice({ issuer, clientId }: Answer, admin: Product['admin']) {
  const tenant = await newTenant({ entitlements: ['single-sign-on'] });
  await newUser(tenant, { username: 'bench', email: 'bench@kettle.example' });
  const made = await createConnection(
    tenant,
    {
      protocol: 'oidc',
      label: 'Bench',
      issuer,
      secret: 'bench',
      secretExpiresAt: null,
      createUsers: false,
      createRole: 'agent',
      settings: { clientId, scopes: [], tokenAuth: 'client_secret_basic', entraTenant: null, logout: false },
    },
    cause,
  );
  if (!made.ok) throw new Error(`no connection: ${made.error}`);
  await admin`update sso_connections set state = 'beside' where id = ${made.id}`;
  return { tenant, connection: made.id };
}
