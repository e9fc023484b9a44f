import { randomBytes } from 'node:crypto';
import type { BrowserContext, WebSocketRoute } from 'playwright/test';
import { savePhoneSettings } from '@/lib/phone/settings';
import { type Office, openOffice } from './office';

/** Where a registrar is that only these journeys know: nothing leaves the browser. */
const SOCKET = 'wss://sip.example/ws';

/** A company with a phone whose SIP server is played by sipLine. */
export async function openPhoneOffice(more: { otherDomains?: boolean; wrapUpSeconds?: number } = {}) {
  const office = await openOffice({ entitlements: ['phone'] });
  const input = {
    domain: 'tenant.test',
    socket: SOCKET,
    iceServers: [],
    way: 'ephemeral' as const,
    secret: 'shared-with-the-server',
    country: 'CA',
    otherDomains: false,
    wrapUpSeconds: 0,
    ...more,
  };
  const cause = { actorId: null, address: '127.0.0.1', userAgent: 'journey', requestId: 'journey' };
  const saved = await savePhoneSettings(office.tenant, input, cause);
  if (!saved.ok) throw new Error(saved.error);
  return office;
}

/** Puts a person of the office into the browser. */
export async function enterPhone(context: BrowserContext, office: Office, person: Office['milo']) {
  await context.grantPermissions(['microphone'], { origin: new URL(office.at()).origin });
  await office.enter(context, person);
}

type Invitation = { callId: string; branch: string; from: string };

/**
 * A registrar at the other end of every socket of a browser: it answers REGISTER with `status`, or
 * shuts the door where that is 'away', remembers what the phones said, and calls them.
 */
export async function sipLine(context: BrowserContext, status: number | 'away' = 200) {
  const said: string[] = [];
  const sockets = new Set<WebSocketRoute>();
  const line = {
    status,
    said,
    /** Answers and requests whose first line has these words. */
    count: (words: string) => said.filter((message) => message.split('\r\n', 1)[0]?.includes(words)).length,
    /** What the phones said to sign off. */
    goodbyes: () => said.filter((message) => message.startsWith('REGISTER') && /^Expires: 0\r$/m.test(message)).length,
    call(name: string, from = '205', to = '202'): Invitation {
      const invitation = {
        callId: token(),
        branch: `z9hG4bK${token()}`,
        from: `"${name}" <sip:${from}@tenant.test>;tag=a1`,
      };
      send('INVITE', to, invitation, [`Contact: <sip:${from}@sip.example;transport=ws>`]);
      return invitation;
    },
    cancel: (invitation: Invitation, to = '202') => send('CANCEL', to, invitation, []),
    drop: () => {
      for (const socket of sockets) void socket.close();
      sockets.clear();
    },
  };

  function send(method: string, to: string, { callId, branch, from }: Invitation, more: string[]) {
    const message = [
      `${method} sip:${to}@tenant.test SIP/2.0`,
      `Via: SIP/2.0/WSS sip.example;branch=${branch}`,
      'Max-Forwards: 70',
      `From: ${from}`,
      `To: <sip:${to}@tenant.test>`,
      `Call-ID: ${callId}`,
      `CSeq: 1 ${method}`,
      ...more,
      'Content-Length: 0',
      '\r\n',
    ].join('\r\n');
    for (const socket of sockets) socket.send(message);
  }

  await context.routeWebSocket(SOCKET, (socket) => {
    if (line.status === 'away') return void socket.close();
    sockets.add(socket);
    socket.onClose(() => {
      sockets.delete(socket);
    });
    socket.onMessage((data) => {
      const message = data.toString();
      said.push(message);
      if (message.startsWith('REGISTER') && typeof line.status === 'number')
        socket.send(answerTo(message, line.status));
    });
  });
  return line;
}

function answerTo(request: string, status: number) {
  const kept = request.split('\r\n').filter((line) => /^(Via|From|Call-ID|CSeq|Contact):/i.test(line));
  const to = /^To: (.*)$/im.exec(request)?.[1]?.trim();
  return [
    `SIP/2.0 ${status} ${status === 200 ? 'OK' : 'No'}`,
    ...kept,
    `To: ${to};tag=b2`,
    'Content-Length: 0',
    '\r\n',
  ].join('\r\n');
}

function token() {
  return randomBytes(8).toString('hex');
}
