// The floor under every sign-in: the same hashing, at the same priority, with nothing around it;
// then behind a bare node:http.
import { once } from 'node:events';
import { createServer } from 'node:http';
import os from 'node:os';
import { verify } from '@node-rs/argon2';

os.setPriority(10);
process.on('disconnect', () => process.exit(0));
process.on('message', async (question) => process.send(await answer(question)));

/**
 * `alone`: promises how many verifications it made in so many seconds, as many at once as asked.
 * `serve`: promises a port.
 */
async function answer({ kind, stored, password, seconds, atOnce }) {
  if (kind === 'serve') return { port: await serve(stored) };
  const started = performance.now();
  const until = started + seconds * 1000;
  let made = 0;
  const one = async () => {
    for (; performance.now() < until; made++) await check(stored, password);
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  return { made, seconds: (performance.now() - started) / 1000 };
}

async function serve(stored) {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const password = new URLSearchParams(body).get('password') ?? '';
    await check(stored, password);
    response.writeHead(303, { location: '/home' }).end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server.address().port;
}

async function check(stored, password) {
  if (!(await verify(stored, password))) throw new Error('the password does not belong to the hash');
}
