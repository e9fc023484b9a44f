import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { Page } from 'playwright/test';
import type { Kamailio } from '@/tests/sip/kamailio';

type Wire = { wire: WebSocket; answers: string[] };

/**
 * Returns a client that speaks SIP by itself, over the socket of a page that may have one, with
 * credentials for any extension.
 */
export async function rawCaller(page: Page, sip: Kamailio, extension: string) {
  await page.evaluate(
    (socket) =>
      new Promise<void>((resolve, reject) => {
        const wire = new WebSocket(socket, 'sip');
        const answers: string[] = [];
        wire.onmessage = ({ data }) => answers.push(String(data));
        wire.onopen = () => resolve();
        wire.onerror = () => reject(new Error('no socket'));
        Object.assign(window, { raw: { wire, answers } satisfies Wire });
      }),
    sip.socket,
  );
  const user = `${Math.floor(Date.now() / 1000) + 600}:${extension}`;
  const password = createHmac('sha1', sip.secret).update(user).digest('base64');

  /**
   * Sends so many INVITEs at once and promises how often each final status came back, or what has
   * come after 20 s.
   */
  async function invite(to: string, times: number, shown = '') {
    const uri = `sip:${to}@${sip.domain}`;
    const make = (more: string) => message({ uri, from: `sip:${extension}@${sip.domain}`, shown, more });
    const challenge = await send(page, [make('')], 1);
    const nonce = /nonce="([^"]+)"/.exec(challenge[0] ?? '')?.[1] ?? '';
    const answer = digest({ user, realm: sip.domain, password, nonce, uri });
    const answers = await send(
      page,
      Array.from({ length: times }, () => make(answer)),
      times > 2 ? times - 2 : 0,
    );
    const counted: Record<number, number> = {};
    for (const text of answers) {
      const status = Number(/^SIP\/2\.0 (\d+)/.exec(text)?.[1]);
      counted[status] = (counted[status] ?? 0) + 1;
    }
    return counted;
  }
  return { invite };
}

/** Returns what came back once `finals` answers were final. */
function send(page: Page, messages: string[], finals: number) {
  return page.evaluate(
    ([all, wanted]) =>
      new Promise<string[]>((resolve) => {
        const { wire, answers } = (window as unknown as { raw: Wire }).raw;
        const end = () => {
          clearTimeout(late);
          wire.removeEventListener('message', look);
          resolve([...answers]);
        };
        const look = () => {
          if (answers.filter((text) => /^SIP\/2\.0 [2-6]/.test(text)).length >= wanted) end();
        };
        const late = setTimeout(end, 20_000);
        answers.length = 0;
        wire.addEventListener('message', look);
        for (const text of all) wire.send(text);
        look();
      }),
    [messages, finals] as const,
  );
}

function message({ uri, from, shown, more }: { uri: string; from: string; shown: string; more: string }) {
  const id = randomBytes(8).toString('hex');
  const body = [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'm=audio 9 UDP/TLS/RTP/SAVPF 0',
    'c=IN IP4 127.0.0.1',
    'a=sendrecv',
    '',
  ].join('\r\n');
  return [
    `INVITE ${uri} SIP/2.0`,
    `Via: SIP/2.0/WS raw.invalid;branch=z9hG4bK${id}`,
    'Max-Forwards: 70',
    `From: "${shown}" <${from}>;tag=${id}`,
    `To: <${uri}>`,
    `Call-ID: ${id}`,
    'CSeq: 1 INVITE',
    'Contact: <sip:raw@raw.invalid;transport=ws>',
    ...(more ? [more] : []),
    'Content-Type: application/sdp',
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}

type Challenge = { user: string; realm: string; password: string; nonce: string; uri: string };

function digest({ user, realm, password, nonce, uri }: Challenge) {
  const cnonce = randomBytes(4).toString('hex');
  const response = md5(
    `${md5(`${user}:${realm}:${password}`)}:${nonce}:00000001:${cnonce}:auth:${md5(`INVITE:${uri}`)}`,
  );
  return `Proxy-Authorization: Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="${uri}", qop=auth, nc=00000001, cnonce="${cnonce}", response="${response}", algorithm=MD5`;
}

function md5(text: string) {
  return createHash('md5').update(text).digest('hex');
}
