#!/usr/bin/env node
/**
 * `oidc-provider` (npm, certified) as a process of its own: authorization code with PKCE, a form
 * for name and password, logout of both kinds. The protocol is all the package's; ours are the
 * accounts and the form. One process is one company's provider.
 *
 *   IDP_PORT, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, POST_LOGOUT_URI, BACK_CHANNEL_URI
 *   IDP_USERS  name:password:email:given:surname, several with semicolons
 *   KNOBS      a JSON file, read at every token answer: { "iss": "…", "aud": "…", "nonce": "…", "exp": -600 } makes the
 *              id_token wrong, signed all the same with the provider's own key; { "signal": "SIGSTOP" } stops the process
 *              where it is asked for a token
 *   SIGHUP     signs with a new key from then on; the old one stays published
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, request as send } from 'node:http';
import { CompactSign, importJWK } from 'jose';
import Provider, { interactionPolicy } from 'oidc-provider';

const {
  IDP_PORT = '0',
  CLIENT_ID,
  CLIENT_SECRET,
  REDIRECT_URI,
  POST_LOGOUT_URI,
  BACK_CHANNEL_URI,
  IDP_USERS = '',
  KNOBS = '',
} = process.env;
const issuer = `http://127.0.0.1:${IDP_PORT}`;

const accounts = new Map(
  IDP_USERS.split(';').map((line) => {
    const [name = '', password, email, given_name, family_name] = line.split(':');
    return [name, { password, claims: { sub: name, email, email_verified: true, given_name, family_name } }];
  }),
);
const keys = [newKey()];
let callback = build();

createServer((request, response) => callback(request, response)).listen(Number(IDP_PORT), '127.0.0.1', () =>
  console.log(`ready: ${issuer}`),
);
process.on('SIGHUP', () => {
  keys.push(newKey());
  callback = build();
  console.log('rotated');
});

function build() {
  const policy = interactionPolicy.base();
  // A company's provider does not ask for consent.
  policy.remove('consent');
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT_ID,
        client_secret: CLIENT_SECRET,
        redirect_uris: [REDIRECT_URI],
        post_logout_redirect_uris: [POST_LOGOUT_URI],
        backchannel_logout_uri: BACK_CHANNEL_URI,
        backchannel_logout_session_required: true,
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    jwks: { keys: [...keys].reverse() },
    cookies: {
      keys: ['only for tests'],
      // Cookies know no ports: two providers on this machine would take each other's.
      names: { session: `op${IDP_PORT}`, interaction: `op${IDP_PORT}i`, resume: `op${IDP_PORT}r` },
    },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['given_name', 'family_name'] },
    // E-mail and names in the id_token as well, as Entra, Okta and Google give them.
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: true },
      backchannelLogout: { enabled: true },
    },
    interactions: { policy, url: (_context, { uid }) => `/interaction/${uid}` },
    findAccount: (_context, sub) => {
      const account = accounts.get(sub);
      return account && { accountId: sub, claims: () => account.claims };
    },
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
    ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Interaction: 600, Session: 3600, Grant: 3600 },
    fetch: tell,
  });
  provider.use(async (context, next) => {
    if (/^\/interaction\/[\w-]+$/.test(context.path)) return interact(provider, context);
    const { signal, ...knobs } = JSON.parse(readFileSync(KNOBS, 'utf8'));
    if (signal && context.path === '/token') process.kill(process.pid, signal);
    await next();
    if (context.oidc?.route === 'token' && context.body?.id_token && Object.keys(knobs).length > 0) {
      context.body.id_token = await spoiled(context.body.id_token, knobs);
    }
  });
  return provider.callback();
}

async function interact(provider, context) {
  if (context.method === 'POST') {
    const chunks = [];
    for await (const chunk of context.req) chunks.push(chunk);
    const fields = new URLSearchParams(Buffer.concat(chunks).toString());
    const account = accounts.get(fields.get('username') ?? '');
    if (account && account.password === fields.get('password')) {
      const login = { accountId: account.claims.sub };
      await provider.interactionFinished(context.req, context.res, { login }, { mergeWithLastSubmission: false });
      context.respond = false;
      return;
    }
  }
  context.status = 200;
  context.type = 'html';
  context.body = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Provider</title></head><body><main><h1>Provider</h1>
<form method="post"><p><label>User name <input name="username"></label></p><p><label>Password <input type="password" name="password"></label></p>
<p><button>Sign in</button></p></form></main></body></html>`;
}

async function spoiled(token, { exp, ...claims }) {
  const [header, payload] = token
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()));
  Object.assign(payload, claims, exp ? { exp: Math.floor(Date.now() / 1000) + exp } : {});
  const key = keys.find(({ kid }) => kid === header.kid);
  const bytes = new TextEncoder().encode(JSON.stringify(payload));
  return new CompactSign(bytes).setProtectedHeader(header).sign(await importJWK(key, header.alg));
}

function newKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: randomBytes(6).toString('hex') };
}

/** Its own way out goes to no loopback address, and Node resolves no name under localhost. */
function tell(address, { method, headers, body }) {
  const { host, port, pathname } = new URL(address);
  return new Promise((resolve, reject) => {
    const text = String(body);
    const sent = send(
      {
        host: '127.0.0.1',
        port,
        path: pathname,
        method,
        headers: { ...Object.fromEntries(headers), host, 'content-length': Buffer.byteLength(text) },
      },
      (response) => {
        response.resume();
        response.on('end', () => resolve(new Response(null, { status: response.statusCode })));
      },
    );
    sent.on('error', reject);
    sent.end(text);
  });
}
