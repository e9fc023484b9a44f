import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/**
 * What the name server says of a name: its TXT records each in pieces, or how it fails; silent, it
 * says nothing at all.
 */
export type Zone = Record<string, string[][] | 'no-data' | 'servfail' | 'silent' | undefined>;

export type NameServer = Awaited<ReturnType<typeof startNameServer>>;

/**
 * Returns a name server on the loopback that knows `zone`, whatever is in it when it is asked, and
 * no other name.
 */
export async function startNameServer(zone: Zone) {
  const asked: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (question, from) => {
    const name = nameIn(question);
    asked.push(name);
    const known = zone[name];
    if (known !== 'silent') socket.send(answerTo(question, known), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    asked,
    stop: () => new Promise<void>((resolve) => socket.close(() => resolve())),
  };
}

const HEADER = 12;
const TXT = 16;
const CODES = { 'no-data': 0, servfail: 2, none: 3 };

/** The name asked for: labels behind their lengths (RFC 1035, 4.1.2). */
function nameIn(question: Buffer) {
  const labels: string[] = [];
  for (let at = HEADER; question[at]; at += 1 + (question[at] ?? 0))
    labels.push(question.toString('latin1', at + 1, at + 1 + (question[at] ?? 0)));
  return labels.join('.').toLowerCase();
}

function answerTo(question: Buffer, known: string[][] | 'no-data' | 'servfail' | undefined) {
  const records = Array.isArray(known) ? known : [];
  const code = Array.isArray(known) ? 0 : CODES[known ?? 'none'];
  const end = question.indexOf(0, HEADER) + 5;
  const header = Buffer.alloc(HEADER);
  question.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180 | code, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  return Buffer.concat([header, question.subarray(HEADER, end), ...records.map(recordOf)]);
}

function recordOf(pieces: string[]) {
  const data = Buffer.concat(pieces.map((piece) => Buffer.from([piece.length, ...Buffer.from(piece)])));
  const head = Buffer.alloc(12);
  // The name is the one at the beginning of the question.
  head.writeUInt16BE(0xc000 | HEADER, 0);
  head.writeUInt16BE(TXT, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(60, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}
