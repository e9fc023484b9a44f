import { connect } from 'node:net';

/**
 * Returns what a server answers on one connection to these pieces, sent one after the other:
 * everything until it closes the connection or, with `until`, until the answer matches.
 */
export function exchange(port: number, pieces: (string | Buffer)[], { until }: { until?: RegExp } = {}) {
  return new Promise<{ text: string; closed: boolean }>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    const end = (closed: boolean) => {
      socket.destroy();
      resolve({ text, closed });
    };
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
      if (until?.test(text)) end(false);
    });
    socket.once('end', () => end(true));
    socket.on('error', (error) => (text ? end(true) : reject(error)));
    for (const piece of pieces) socket.write(piece);
  });
}

/** Returns the head of a request. */
export function head(...lines: string[]) {
  return `${lines.join('\r\n')}\r\n\r\n`;
}
