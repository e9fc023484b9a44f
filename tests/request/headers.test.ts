import { describe, expect, test } from 'vitest';
import { visitor } from '@/tests/support/browser';
import { instances } from '@/tests/support/instances';
import { browsersOf } from '@/tests/support/sign-in';
import { newTenant, newUser } from '@/tests/support/users';

const running = instances();
const { at, inSession } = browsersOf(running);

const ROOT = 'gatehouse.test';

describe('every response', () => {
  const pages = [
    '/sign-in',
    '/sign-in/code',
    '/forgot-password',
    '/forgot-password/submitted',
    '/reset-password',
    '/home',
    '/',
    '/nowhere',
    '/admin/users',
    '/api/session',
    '/api/health',
    '/confirm-email',
    '/%E0%A4%A',
  ];

  test('has a content security policy with its own nonce, which every script of the page carries', async () => {
    const { tenant, user } = await people();
    const inside = await inSession(tenant, user);
    const nonces = new Set<string>();
    let answers = 0;
    for (const browser of [at(tenant), inside, visitor({ port: running.app().port, host: ROOT })]) {
      for (const path of pages) {
        for (const headers of [{}, { purpose: 'prefetch', 'next-router-prefetch': '1' }, { rsc: '1' }] as Record<
          string,
          string
        >[]) {
          const answer = await browser.get(path, {
            headers: { ...headers, 'x-nonce': 'evil', 'content-security-policy': "script-src 'nonce-evil'" },
          });
          const policy = String(answer.headers['content-security-policy']);
          const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? '';
          expect([path, nonce.length > 20]).toEqual([path, true]);
          expect(policy).toMatch(
            /default-src 'none'.*script-src 'nonce-[^']+' 'strict-dynamic';.*frame-ancestors 'none'.*base-uri 'none'/,
          );
          expect(/script-src[^;]*unsafe/.test(policy)).toBe(false);
          nonces.add(nonce);
          answers += 1;
          if (!/text\/html/.test(String(answer.headers['content-type']))) continue;
          for (const [tag] of answer.body.matchAll(/<script\b[^>]*>/g)) {
            expect([path, tag, tag.includes(`nonce="${nonce}"`) || /type="application\/json"/.test(tag)]).toEqual([
              path,
              tag,
              true,
            ]);
          }
          expect([path, /\son\w+="|style="/.exec(answer.body)?.[0]]).toEqual([path, undefined]);
        }
      }
    }
    expect(nonces.size).toBe(answers);
  });

  test('has headers against framing, sniffing, caching and cross-origin use', async () => {
    const { tenant, user } = await people();
    const inside = await inSession(tenant, user);
    for (const path of pages) {
      const { headers } = await inside.get(path);
      expect([path, headers]).toEqual([
        path,
        expect.objectContaining({
          'x-content-type-options': 'nosniff',
          'strict-transport-security': 'max-age=31536000; includeSubDomains',
          'cross-origin-opener-policy': 'same-origin',
          'cross-origin-resource-policy': 'same-origin',
          'referrer-policy': expect.stringMatching(/^(strict-origin-when-cross-origin|same-origin|no-referrer)$/),
          'permissions-policy': expect.stringContaining('camera=()'),
          'cache-control': expect.stringContaining('no-store'),
        }),
      ]);
      expect(headers['x-powered-by']).toBeUndefined();
      expect(headers.server).toBeUndefined();
    }
  });

  test('refuses an unknown method', async () => {
    const { tenant } = await people();
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND']) {
      const answer = await at(tenant).ask('/sign-in', { method });
      expect([method, answer.status, answer.headers.allow]).toEqual([method, 405, 'GET, HEAD, POST']);
    }
    for (const [path, method] of [
      ['/api/health', 'POST'],
      ['/sign-in/handoff', 'GET'],
      ['/reset-password/x', 'POST'],
    ] as const) {
      const answer = await at(tenant).ask(path, {
        method,
        headers: { origin: `https://${tenant.host}` },
        body: method === 'POST' ? '' : undefined,
      });
      expect([path, answer.status]).toEqual([path, 405]);
    }
    for (const path of ['/sign-in', '/home', '/nowhere']) {
      const answer = await at(tenant).ask(path, { method: 'HEAD' });
      expect([path, answer.status < 500, answer.body]).toEqual([path, true, '']);
    }
  });
});

async function people() {
  const tenant = await newTenant();
  return { tenant, user: await newUser(tenant) };
}
