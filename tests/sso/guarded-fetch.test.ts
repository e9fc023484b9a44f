import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

/** Names lead where a test says; everybody who asks is counted. */
const names = new Map<string, string[][]>();
const asked: string[] = [];
vi.mock('node:dns/promises', () => ({
  lookup: async (name: string) => {
    asked.push(name);
    const answers = names.get(name) ?? [];
    const found = answers.length > 1 ? answers.shift() : answers[0];
    if (!found) throw new Error('ENOTFOUND');
    return found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  },
}));

const servers: Server[] = [];

beforeEach(() => {
  names.clear();
  asked.length = 0;
  vi.resetModules();
});

afterEach(() => {
  vi.unstubAllEnvs();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

describe('where our own address is public', () => {
  const refused = [
    'http://provider.example/',
    'http://127.0.0.1:8400/',
    'http://localhost:8400/',
    'https://localhost/',
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://0.0.0.0/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://10.0.0.8/',
    'https://172.16.0.1/',
    'https://192.168.1.1/',
    'https://169.254.169.254/latest/meta-data/',
    'http://169.254.169.254/latest/meta-data/',
    'https://100.64.0.1/',
    'https://198.18.0.1/',
    'https://224.0.0.1/',
    'https://255.255.255.255/',
    'https://[::ffff:169.254.169.254]/',
    'https://[::ffff:10.0.0.1]/',
    'https://[64:ff9b::a9fe:a9fe]/',
    'https://[2002:a9fe:a9fe::]/',
    'https://[fe80::1]/',
    'https://[fd00:ec2::254]/',
    'https://[fc00::1]/',
    'https://[::]/',
    'https://user:password@93.184.215.14/',
    'file:///etc/passwd',
    'gopher://127.0.0.1/',
    'https://inside.example/',
    'https://half.example/',
  ];

  test.each(refused)('%s is refused before anything is sent', async (address) => {
    vi.stubEnv('PUBLIC_URL', 'https://front.example');
    names.set('inside.example', [['10.1.2.3']]);
    names.set('half.example', [['93.184.215.14', '192.168.0.9']]);
    names.set('localhost', [['127.0.0.1']]);
    const { guardedFetch } = await load();
    await expect(guardedFetch(address)).rejects.toMatchObject({ reason: 'address-refused' });
  });

  test('a name is asked for once, and the connection goes to what was checked', async () => {
    vi.stubEnv('PUBLIC_URL', 'https://front.example');
    // Nothing listens behind the first answer of TEST-NET's neighbour; the second would be this
    // machine.
    names.set('rebinding.example', [['93.184.215.14'], ['127.0.0.1'], ['127.0.0.1']]);
    const { guardedFetch } = await load();
    await expect(
      guardedFetch('https://rebinding.example/', { signal: AbortSignal.timeout(300) }),
    ).rejects.toMatchObject({
      reason: expect.stringMatching(/^provider-(slow|unreachable)$/),
    });
    expect(asked).toEqual(['rebinding.example']);
  });
});

describe('where our own address is on this machine', () => {
  test('a provider on it answers', async () => {
    const { guardedFetch } = await load();
    const at = await listen((request, response) => response.end(JSON.stringify({ host: request.headers.host })));
    const answer = await guardedFetch(`${at}/.well-known/openid-configuration`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ host: new URL(at).host });
  });

  test('other private addresses stay refused, also after a redirect', async () => {
    const { guardedFetch } = await load();
    const at = await listen((_request, response) =>
      response.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
    );
    await expect(guardedFetch(at)).rejects.toMatchObject({
      reason: 'address-refused',
      address: 'http://169.254.169.254/',
    });
    await expect(guardedFetch('https://10.0.0.1/')).rejects.toMatchObject({ reason: 'address-refused' });
    await expect(guardedFetch('http://provider.example/')).rejects.toMatchObject({ reason: 'address-refused' });
  });

  test('redirects are followed three times, and with a POST never', async () => {
    const { guardedFetch } = await load();
    let left = 3;
    const at = await listen((_request, response) =>
      left-- > 0 ? response.writeHead(307, { location: '/again' }).end() : response.end('there'),
    );
    expect(await (await guardedFetch(at)).text()).toBe('there');
    left = 4;
    await expect(guardedFetch(at)).rejects.toMatchObject({ reason: 'address-refused' });
    left = 1;
    await expect(guardedFetch(at, { method: 'POST', body: 'secret=1' })).rejects.toMatchObject({
      reason: 'address-refused',
    });
  });

  test('a token follows a redirect on its own server, and to no other', async () => {
    const { guardedFetch } = await load();
    const seen: unknown[] = [];
    const other = await listen(({ headers }, response) => {
      seen.push(headers.authorization);
      response.end('there');
    });
    const own = await listen(({ url, headers }, response) => {
      if (url === '/away') response.writeHead(302, { location: `${other}/away` }).end();
      else if (url === '/here') response.writeHead(302, { location: '/end' }).end();
      else response.end(headers.authorization);
    });
    const headers = { authorization: 'Bearer secret' };
    expect(await (await guardedFetch(new URL('/here', own), { headers })).text()).toBe('Bearer secret');
    await expect(guardedFetch(new URL('/away', own), { headers })).rejects.toMatchObject({ reason: 'address-refused' });
    expect(seen).toEqual([]);
    expect(await (await guardedFetch(new URL('/away', own))).text()).toBe('there');
  });

  test('a form arrives as it was sent', async () => {
    const { guardedFetch } = await load();
    const at = await listen(async (request, response) => {
      let text = '';
      for await (const chunk of request) text += chunk;
      response.end(JSON.stringify({ text, type: request.headers['content-type'], key: request.headers.authorization }));
    });
    const answer = await guardedFetch(at, {
      method: 'POST',
      body: new URLSearchParams({ code: 'a b' }),
      headers: { authorization: 'Basic eA==' },
    });
    expect(await answer.json()).toEqual({
      text: 'code=a+b',
      type: 'application/x-www-form-urlencoded;charset=UTF-8',
      key: 'Basic eA==',
    });
  });

  test('what is too large is left where the limit is', async () => {
    const { guardedFetch } = await load();
    let sent = 0;
    const at = await listen((_request, response) => {
      const more = () => {
        sent += 65_536;
        response.write(Buffer.alloc(65_536), () => setImmediate(more));
      };
      more();
    });
    await expect(guardedFetch(at)).rejects.toMatchObject({ reason: 'too-large' });
    expect(sent).toBeLessThan(32 * 1024 * 1024);
  });

  test.each([
    ['before the headers', () => undefined],
    ['within the body', (response: Parameters<RequestListener>[1]) => response.write('{')],
  ])('a provider that hangs %s is left', async (_when, begin) => {
    const { guardedFetch } = await load();
    const at = await listen((_request, response) => void begin(response));
    await expect(guardedFetch(at, { signal: AbortSignal.timeout(200) })).rejects.toMatchObject({
      reason: 'provider-slow',
    });
  });

  test('reports a host that does not answer and a connection that breaks', async () => {
    const { guardedFetch } = await load();
    const at = await listen((request) => request.socket.destroy());
    await expect(guardedFetch(at)).rejects.toMatchObject({ reason: 'provider-unreachable' });
    await expect(guardedFetch('http://127.0.0.1:1/')).rejects.toMatchObject({ reason: 'provider-unreachable' });
    await expect(guardedFetch('https://nowhere.example/')).rejects.toMatchObject({ reason: 'provider-unreachable' });
  });

  test('the text of an error holds no query', async () => {
    const { guardedFetch } = await load();
    await expect(guardedFetch('http://127.0.0.1:1/token?secret=hush')).rejects.toThrow(/^(?!.*hush)/);
  });
});

function load() {
  return import('@/lib/sso/guarded-fetch');
}

async function listen(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
