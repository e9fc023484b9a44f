import type { Request } from '@/bench/load';
import type { Product } from '@/bench/product';
import { closeDatabase } from '@/db';
import { closeHashing } from '@/lib/passwords/hashing';
import { asSent, visitor } from '@/tests/support/browser';
import { hostOf, newTenant, newUser, PASSWORD } from '@/tests/support/users';

const TENANTS = 4;
const USERS = 64;
const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';

export type People = {
  /**
   * The sign-in form of each user, filled in, from a browser they have signed in from before.
   */
  signIns: Request[];
  /** A page of a signed-in person. */
  page(path: string): Request;
  /** The sign-in page's address. */
  host: string;
};

/**
 * Returns 64 users without a second factor, each with a known browser, and one more who
 * stays signed in.
 */
export async function makePeople({ port }: Product): Promise<People> {
  const tenants = await Promise.all(Array.from({ length: TENANTS }, () => newTenant()));
  const homes = Array.from({ length: USERS + 1 }, (_, at) => tenants[at % TENANTS] ?? never());
  const known = [];
  // One after the other: where other work has the cores, many hashes at once would not be done in
  // time.
  for (const tenant of homes) {
    const { username } = await newUser(tenant);
    known.push(await firstSignIn(port, hostOf(tenant), username));
  }
  await closeHashing();
  await closeDatabase();
  const stays = known.pop() ?? never();
  return {
    signIns: known.map(({ request }) => request),
    page: (path) => ({ port, path, headers: { ...headersOf(stays.host), cookie: stays.cookie }, status: 200 }),
    host: stays.host,
  };
}

/**
 * Returns the request that signs the user in again from the same browser, and the cookies of the
 * first time.
 */
async function firstSignIn(port: number, host: string, username: string) {
  const browser = visitor({ port, host, userAgent: BROWSER });
  const form = await browser.form('/sign-in', ['username', 'password']);
  const answer = await browser.post('/sign-in', form, { username, password: PASSWORD });
  if (answer.status !== 303) throw new Error(`${username} could not sign in: ${answer.status} ${answer.text}`);
  const cookies = [...browser.jar].map(([name, value]) => `${name}=${value}`);
  const { body, type } = asSent(form, { username, password: PASSWORD });
  const headers = {
    ...headersOf(host),
    origin: `https://${host}`,
    referer: `https://${host}/sign-in`,
    'content-type': type,
    'content-length': String(body.length),
    // The device's cookie alone: the session has ended.
    cookie: cookies.filter((cookie) => cookie.includes('dv=')).join('; '),
  };
  const request: Request = { port, path: '/sign-in', method: 'POST', headers, body: body.toString(), status: 303 };
  return { host, request, cookie: cookies.join('; ') };
}

function headersOf(host: string) {
  return { host, accept: 'text/html', 'accept-language': 'en', 'user-agent': BROWSER };
}

function never(): never {
  throw new Error('nobody there');
}
