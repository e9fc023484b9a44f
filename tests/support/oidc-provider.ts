import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CompactSign, importJWK, type JWK, SignJWT, UnsecuredJWT } from 'jose';
import Provider, { type Context, interactionPolicy } from 'oidc-provider';

export type ProviderUser = {
  /** What is typed into its form; the password is `password`. */
  name: string;
  sub?: string;
  claims?: Record<string, unknown>;
  amr?: string[];
};

/** How its answers go wrong, read at every answer. */
export type Knobs = {
  /** Put over the claims of every id_token, which is signed again; undefined takes one away. */
  idToken?: Record<string, unknown>;
  /** Put over the header. */
  header?: Record<string, unknown>;
  /**
   * Signed by a key that nobody knows, with `none`, or with its own public key as a shared secret.
   */
  signature?: 'foreign' | 'none' | 'public-key';
  /** Put over its answer to the code. */
  tokens?: Record<string, unknown>;
  /** Put over its discovery document; undefined takes one away. */
  discovery?: Record<string, unknown>;
  /** Answers in place of its own, by path. */
  instead?: Record<string, (request: IncomingMessage, response: ServerResponse) => void>;
};

export type RunningProvider = Awaited<ReturnType<typeof startOidcProvider>>;

export const CLIENT = { id: 'gatehouse', secret: 'a secret: of 32+ bytes, with/signs%' };

/**
 * Returns a certified OpenID provider on loopback, in this process: a form for name and password
 * at /interaction/…, e-mail and names in the id_token as Entra, Okta and Google give them, logout
 * of both kinds. One instance is one company's provider.
 */
export async function startOidcProvider({
  users,
  knobs = {},
  tokenAuth = 'client_secret_basic',
  alg = 'RS256',
  thin = false,
}: {
  users: ProviderUser[];
  knobs?: Knobs;
  tokenAuth?: 'client_secret_basic' | 'client_secret_post';
  alg?: 'RS256' | 'PS256' | 'ES256' | 'EdDSA';
  /** The id_token holds the subject alone; the rest is asked for. */
  thin?: boolean;
}) {
  const keys = [newKey(alg)];
  /** Every request that reached it, as METHOD /path. */
  const asked: string[] = [];
  // Without an address for its sign-outs, it would give its sessions no name; nobody listens at
  // this one.
  const settings = { knobs, backChannel: 'http://127.0.0.1:9/' };
  const server = createServer((request, response) => listener(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const accounts = new Map(users.map((user) => [user.sub ?? `sub-of-${user.name}`, user]));
  let callback = build();

  function listener(request: IncomingMessage, response: ServerResponse) {
    const path = new URL(request.url ?? '/', issuer).pathname;
    asked.push(`${request.method} ${path}`);
    const instead = settings.knobs.instead?.[path];
    if (instead) return instead(request, response);
    callback(request, response);
  }

  function build() {
    const policy = interactionPolicy.base();
    // A company's provider does not ask for consent.
    policy.remove('consent');
    const provider = new Provider(issuer, {
      clients: [
        {
          client_id: CLIENT.id,
          client_secret: CLIENT.secret,
          redirect_uris: ['https://gatehouse.test/'],
          post_logout_redirect_uris: ['https://gatehouse.test/'],
          grant_types: ['authorization_code'],
          response_types: ['code'],
          token_endpoint_auth_method: tokenAuth,
          id_token_signed_response_alg: alg,
          backchannel_logout_uri: settings.backChannel,
          backchannel_logout_session_required: true,
        },
      ],
      jwks: { keys: [...keys].reverse().map(({ jwk }) => jwk) },
      cookies: { keys: ['only for tests'], names: { session: 'op', interaction: 'op_i', resume: 'op_r' } },
      claims: {
        openid: ['sub'],
        email: ['email', 'email_verified'],
        profile: ['name', 'given_name', 'family_name'],
      },
      conformIdTokenClaims: thin,
      pkce: { required: () => true },
      features: {
        devInteractions: { enabled: false },
        rpInitiatedLogout: { enabled: true },
        backchannelLogout: { enabled: true },
      },
      interactions: { policy, url: (_context: Context, { uid }: { uid: string }) => `/interaction/${uid}` },
      findAccount: (_context: Context, sub: string) => {
        const user = accounts.get(sub);
        return user && { accountId: sub, claims: () => ({ sub, ...user.claims }) };
      },
      loadExistingGrant: async ({ oidc }: Required<Context>) => {
        const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
        grant.addOIDCScope('openid email profile');
        await grant.save();
        return grant;
      },
      enabledJWA: { idTokenSigningAlgValues: ['RS256', 'PS256', 'ES256', 'EdDSA'] },
      ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Interaction: 600, Session: 3600, Grant: 3600 },
      // Its own way out goes to no loopback address.
      fetch: (url: string, { method, headers, body }: RequestInit) =>
        fetch(url, { method, headers, body, redirect: 'manual', signal: AbortSignal.timeout(5000) }),
    });
    // The addresses of tests are known only once a connection has been made.
    provider.Client.prototype.redirectUriAllowed = isCallback;
    provider.Client.prototype.postLogoutRedirectUriAllowed = () => true;
    provider.use(async (context, next) => {
      if (/^\/interaction\/[\w-]+$/.test(context.path)) return interact(provider, context);
      await next();
      await spoil(context);
    });
    return provider.callback();
  }

  async function interact(provider: Provider, context: Context) {
    const { req, res } = context;
    const finish = async (result: Record<string, unknown>) => {
      await provider.interactionFinished(req, res, result, { mergeWithLastSubmission: false });
      context.respond = false;
    };
    context.type = 'html';
    const fields = context.method === 'POST' ? await formOf(req) : new URLSearchParams();
    if (fields.has('cancel')) return finish({ error: 'access_denied', error_description: 'The person said <b>no</b>' });
    const found = [...accounts].find(([, user]) => user.name === fields.get('username'));
    if (found && fields.get('password') === 'password') {
      const [accountId, { amr }] = found;
      return finish({ login: { accountId, ...(amr ? { amr } : {}) } });
    }
    context.status = 200;
    context.body = FORM as never;
  }

  async function spoil(context: Context) {
    const { idToken, header, signature, discovery, tokens } = settings.knobs;
    if (context.oidc?.route === 'discovery' && discovery) context.body = { ...context.body, ...discovery };
    if (context.oidc?.route === 'token' && context.body && tokens) Object.assign(context.body, tokens);
    if (context.oidc?.route !== 'token' || !context.body?.id_token || !(idToken || header || signature)) return;
    context.body.id_token = await spoiled(context.body.id_token, settings.knobs, keys);
  }

  return {
    issuer,
    asked,
    /** Makes its answers go wrong, or right again with `{}`. */
    turn(now: Knobs) {
      settings.knobs = now;
    },
    /** Signs with a new key from now on; the old one stays published unless `forget`. */
    rotate(forget = false) {
      if (forget) keys.length = 0;
      keys.push(newKey(alg));
      callback = build();
    },
    /** Tells this address when somebody signs out. */
    tellOfLogout(address: string) {
      settings.backChannel = address;
      callback = build();
    },
    /** Returns a logout token as it would send it, or with these claims and header put over it. */
    logoutToken: (claims: Record<string, unknown>, header: Record<string, unknown> = {}) =>
      signed(
        {
          iss: issuer,
          aud: CLIENT.id,
          iat: Math.floor(Date.now() / 1000),
          exp: Math.floor(Date.now() / 1000) + 120,
          jti: randomBytes(8).toString('hex'),
          events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
          ...claims,
        },
        header,
        keys,
      ),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const FORM = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Provider</title></head><body><main><h1>Provider</h1>
<form method="post"><p><label>User name <input name="username" autocomplete="username"></label></p>
<p><label>Password <input type="password" name="password" autocomplete="current-password"></label></p>
<p><button name="ok" value="1">Sign in</button> <button name="cancel" value="1">Cancel</button></p></form></main></body></html>`;

function isCallback(uri: string) {
  return new URL(uri).pathname.startsWith('/api/auth/callback/oidc-');
}

type Key = { jwk: JWK & { kid: string; alg: string }; publicKey: KeyObject };

function newKey(alg: string): Key {
  const pair =
    alg === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : alg === 'EdDSA'
        ? generateKeyPairSync('ed25519')
        : generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = {
    ...(pair.privateKey.export({ format: 'jwk' }) as JWK),
    use: 'sig',
    alg,
    kid: randomBytes(6).toString('hex'),
  };
  return { jwk, publicKey: pair.publicKey };
}

async function spoiled(token: string, { idToken, header, signature }: Knobs, keys: Key[]) {
  const [first = '', second = ''] = token.split('.');
  const parse = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  const claims = JSON.parse(JSON.stringify({ ...parse(second), ...idToken }));
  const own = { ...parse(first), ...header };
  if (signature === 'none') return new UnsecuredJWT(claims).encode();
  const key = keys.at(-1);
  if (!key) throw new Error('no key');
  const bytes = new TextEncoder().encode(JSON.stringify(claims));
  if (signature === 'public-key') {
    const secret = key.publicKey.export({ format: 'pem', type: 'spki' });
    return new CompactSign(bytes).setProtectedHeader({ ...own, alg: 'HS256' }).sign(Buffer.from(secret));
  }
  const { jwk } = signature === 'foreign' ? newKey(key.jwk.alg) : key;
  return new CompactSign(bytes).setProtectedHeader(own).sign(await importJWK(jwk, key.jwk.alg));
}

async function signed(claims: Record<string, unknown>, header: Record<string, unknown>, keys: Key[]) {
  const key = keys.at(-1);
  if (!key) throw new Error('no key');
  const { jwk } = key;
  return new SignJWT(JSON.parse(JSON.stringify(claims)))
    .setProtectedHeader({ alg: jwk.alg, kid: jwk.kid, typ: 'logout+jwt', ...header })
    .sign(await importJWK(jwk, jwk.alg));
}

async function formOf(request: IncomingMessage) {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}

/**
 * A browser's cookies at providers: with the same one again, the provider still knows the person.
 */
export function newProviderJar() {
  return new Map<string, string>();
}

/**
 * Returns where the provider sends a browser that came to `address`, after its form was filled in
 * by `name` (or cancelled, with null). With `jar`, the provider's cookies stay: a session there
 * signs in without the form.
 */
export async function throughProvider(address: string, name: string | null, jar = newProviderJar()) {
  let at = address;
  let form: URLSearchParams | undefined;
  for (let hops = 0; hops < 12; hops++) {
    const response = await fetch(at, {
      redirect: 'manual',
      method: form ? 'POST' : 'GET',
      body: form,
      headers: { cookie: [...jar].map(([key, value]) => `${key}=${value}`).join('; ') },
    });
    form = undefined;
    keep(response, jar);
    const location = response.headers.get('location');
    if (location) {
      at = new URL(location, at).href;
      if (isCallback(at)) return at;
    } else if (response.status === 200 && new URL(at).pathname.startsWith('/interaction/')) {
      form = new URLSearchParams(name === null ? { cancel: '1' } : { username: name, password: 'password', ok: '1' });
    } else throw new Error(`the provider says ${response.status} at ${at}: ${(await response.text()).slice(0, 300)}`);
  }
  throw new Error('the provider redirects for ever');
}

/**
 * Returns where the provider sends a browser that has signed out there; `jar` holds its session.
 */
export async function signOutThere(address: string, jar: Map<string, string>) {
  const cookie = () => [...jar].map(([key, value]) => `${key}=${value}`).join('; ');
  const asked = await fetch(address, { headers: { cookie: cookie() }, redirect: 'manual' });
  keep(asked, jar);
  const page = await asked.text();
  const [action, xsrf] = [/action="([^"]+)"/, /name="xsrf" value="([^"]+)"/].map((part) => part.exec(page)?.[1]);
  if (!action || !xsrf) throw new Error(`the provider asks for no sign-out: ${asked.status} ${page.slice(0, 200)}`);
  const done = await fetch(new URL(action, address), {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie: cookie() },
    body: new URLSearchParams({ xsrf, logout: 'yes' }),
  });
  keep(done, jar);
  return done.headers.get('location') ?? '';
}

function keep(response: Response, jar: Map<string, string>) {
  for (const line of response.headers.getSetCookie()) {
    const [pair = ''] = line.split(';');
    jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
  }
}
