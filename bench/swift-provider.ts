import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT } from 'jose';

/**
 * An OpenID provider that has every answer ready before it is asked, so that what is measured
 * beside it is ours.
 */

export type Question =
  | { kind: 'where' }
  | { kind: 'ready'; code: string; nonce: string; subject: string }
  | { kind: 'spent' };
/** `spent`: milliseconds between a question's last byte here and its answer, one per code. */
export type Answer = { issuer: string; clientId: string; spent: number[] };

const CLIENT = 'bench';
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'bench', alg: 'RS256', use: 'sig' };
const tokens = new Map<string, string>();
let spent: number[] = [];

const server = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  const started = performance.now();
  const say = (what: unknown) => response.setHeader('content-type', 'application/json').end(JSON.stringify(what));
  if (request.url === '/jwks') return say({ keys: [jwk] });
  if (request.url !== '/token') return say(discovery());
  const code = new URLSearchParams(body).get('code') ?? '';
  say({ access_token: 'bench', token_type: 'bearer', expires_in: 600, id_token: tokens.get(code) });
  spent.push(performance.now() - started);
}).listen(0, '127.0.0.1');

process.on('disconnect', () => process.exit(0));
process.on('message', async (question: Question) => process.send?.(await answer(question)));

async function answer(question: Question): Promise<Answer> {
  if (!server.listening) await new Promise((resolve) => server.once('listening', resolve));
  if (question.kind === 'ready') tokens.set(question.code, await idToken(question));
  const told = { issuer: issuer(), clientId: CLIENT, spent };
  if (question.kind === 'spent') spent = [];
  return told;
}

function idToken({ nonce, subject }: { nonce: string; subject: string }) {
  return new SignJWT({ nonce, email: `${subject}@kettle.example`, email_verified: true })
    .setProtectedHeader({ alg: 'RS256', kid: 'bench' })
    .setIssuer(issuer())
    .setAudience(CLIENT)
    .setSubject(subject)
    .setIssuedAt()
    .setExpirationTime('10m')
    .sign(privateKey);
}

function discovery() {
  return {
    issuer: issuer(),
    authorization_endpoint: `${issuer()}/auth`,
    token_endpoint: `${issuer()}/token`,
    jwks_uri: `${issuer()}/jwks`,
  };
}

function issuer() {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
