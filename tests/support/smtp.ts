import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

export type SentMail = { to: string; subject: string; text: string; messageId: string; raw: string };
export type Mood = 'takes' | 'says-450' | 'says-550' | 'hangs' | 'takes-and-drops';

/** Returns a mail server that keeps what it is sent. `mood` is how it answers the mail's body. */
export async function startMailServer() {
  const mails: SentMail[] = [];
  const sockets = new Set<Socket>();
  let mood: Mood = 'takes';
  let tries = 0;
  const waiting = new Set<() => void>();
  const server = createServer((socket) => {
    sockets.add(socket.on('close', () => sockets.delete(socket)).on('error', () => undefined));
    speak(socket, (raw, to) => {
      tries += 1;
      if (mood === 'takes' || mood === 'takes-and-drops') mails.push(read(raw, to));
      for (const look of waiting) look();
      return mood;
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');

  /** Returns the answer of `look` as soon as it has one. */
  function when<Value>(look: () => Value | undefined, what: string, deadline = 15_000) {
    return new Promise<Value>((resolve, reject) => {
      const timer = setTimeout(() => done(() => reject(new Error(`no ${what} within ${deadline} ms`))), deadline);
      const check = () => {
        const value = look();
        if (value !== undefined) done(() => resolve(value));
      };
      const done = (settle: () => void) => {
        clearTimeout(timer);
        waiting.delete(check);
        settle();
      };
      waiting.add(check);
      check();
    });
  }

  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mails,
    tries: () => tries,
    turn(next: Mood) {
      mood = next;
    },
    to: (address: string) => mails.filter((mail) => mail.to === address),
    /** Returns the mail number `nth` (from 1) to an address with these words in its subject. */
    mail: (address: string, subject = /./, nth = 1, deadline = 15_000) =>
      when(
        () => mails.filter((mail) => mail.to === address && subject.test(mail.subject))[nth - 1],
        `mail to ${address} about ${subject}`,
        deadline,
      ),
    triedTimes: (times: number) => when(() => (tries >= times ? tries : undefined), `try number ${times}`, 30_000),
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

export type MailServer = Awaited<ReturnType<typeof startMailServer>>;

function speak(socket: Socket, take: (raw: string, to: string) => Mood) {
  let text = '';
  let body = false;
  let to = '';
  const say = (line: string) => socket.write(`${line}\r\n`);
  say('220 test');
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    for (;;) {
      const mark = body ? '\r\n.\r\n' : '\r\n';
      const at = text.indexOf(mark);
      if (at < 0) return;
      const part = text.slice(0, at);
      text = text.slice(at + mark.length);
      if (body) {
        body = false;
        const mood = take(part.replace(/\r\n\.\./g, '\r\n.'), to);
        if (mood === 'hangs') return;
        if (mood === 'takes-and-drops') return void socket.destroy();
        say(mood === 'takes' ? '250 taken' : mood === 'says-450' ? '450 later' : '550 never');
        continue;
      }
      if (/^EHLO|^HELO/i.test(part)) say('250 test');
      else if (/^DATA/i.test(part)) {
        body = true;
        say('354 go on');
      } else if (/^QUIT/i.test(part)) {
        say('221 bye');
        socket.end();
      } else {
        to = /^RCPT TO:<([^>]*)>/i.exec(part)?.[1] ?? to;
        say('250 ok');
      }
    }
  });
}

function read(raw: string, to: string): SentMail {
  const head = raw.slice(0, raw.indexOf('\r\n\r\n')).replace(/\r\n[ \t]+/g, ' ');
  return {
    to,
    subject: words(/^subject: (.*)$/im.exec(head)?.[1] ?? ''),
    messageId: /^message-id: (.*)$/im.exec(head)?.[1] ?? '',
    text: plainPart(raw),
    raw,
  };
}

/** RFC 2047, as nodemailer writes it. */
function words(text: string) {
  return text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([qb])\?([^?]*)\?=/gi, (_, kind: string, code: string) =>
      kind.toLowerCase() === 'b' ? Buffer.from(code, 'base64').toString('utf8') : quoted(code.replaceAll('_', ' ')),
    );
}

function plainPart(raw: string) {
  const match = /content-type: text\/plain[\s\S]*?\r\n\r\n([\s\S]*?)\r\n--/i.exec(raw);
  const head = match?.[0].slice(0, match[0].indexOf('\r\n\r\n')) ?? '';
  const body = match?.[1] ?? '';
  if (/base64/i.test(head)) return Buffer.from(body, 'base64').toString('utf8');
  return /quoted-printable/i.test(head) ? quoted(body.replace(/=\r\n/g, '')) : body;
}

function quoted(text: string) {
  const bytes = text.replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
