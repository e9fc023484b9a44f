import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { EndedCall } from '@/lib/phone/wire';
import { CREDENTIALS } from './sip-fakes';

/** The calls sent to the portal, with the extension they were sent for. */
let sent: string[];
let answers: (path: string) => Response;

beforeEach(() => {
  vi.resetModules();
  sent = [];
  answers = () => new Response(null, { status: 204 });
  vi.stubGlobal('dispatchEvent', () => true);
  vi.stubGlobal('fetch', async (path: string, { body }: RequestInit) => {
    if (path.startsWith('/api/phone/calls')) sent.push(`${path} ${JSON.parse(String(body)).peer}`);
    return answers(path);
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

const call = (peer: string): EndedCall => ({
  id: '6c1f2c8e-6d0e-4a56-9a55-0c2b7a1f0001',
  direction: 'in',
  outcome: 'missed',
  peer,
  peerName: null,
  startedAt: '2026-03-02T14:00:00Z',
  answeredAt: null,
  endedAt: '2026-03-02T14:00:10Z',
});

const opened = async () => (await import('@/components/phone/engine/portal')).portal();

test('a call carries its user, so that the next user of this browser does not see it', async () => {
  const portal = await opened();
  answers = () => Response.json(CREDENTIALS);
  await portal.credentials();
  answers = () => new Response(null, { status: 401 });
  await portal.storeCall(call('207'));
  expect(sent.splice(0)).toEqual(['/api/phone/calls?of=201 207']);
  answers = (path) =>
    path.endsWith('credentials')
      ? Response.json({ ...CREDENTIALS, extension: '205' })
      : Response.json({ error: 'foreign' }, { status: 403 });
  await portal.credentials();
  await portal.storeCall(call('208'));
  expect(sent.splice(0)).toEqual(['/api/phone/calls?of=201 207', '/api/phone/calls?of=201 208']);
  answers = (path) => (path.endsWith('credentials') ? Response.json(CREDENTIALS) : new Response(null, { status: 204 }));
  await portal.credentials();
  await vi.waitFor(() => expect(sent).toHaveLength(2));
});
