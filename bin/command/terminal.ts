import type { Terminal } from '@/bin/command/outcome';

const BAR = 30;

/**
 * Results go to standard output, as one JSON document with --json; errors and progress go to
 * standard error, progress only on a terminal.
 */
export function terminal({ json }: { json: boolean }): Terminal {
  let shown = false;
  let last = 0;
  const clear = () => {
    if (shown) process.stderr.write('\r\u001b[K');
    shown = false;
  };
  return {
    progress(done, of, what) {
      if (json || !process.stderr.isTTY) return;
      if (done < of && Date.now() - last < 100) return;
      last = Date.now();
      shown = true;
      const full = of > 0 ? Math.round((Math.min(done, of) / of) * BAR) : BAR;
      process.stderr.write(`\r\u001b[K${'█'.repeat(full)}${'░'.repeat(BAR - full)} ${done} of ${of} ${what}`);
    },
    result(told, text, ok) {
      clear();
      if (json) process.stdout.write(`${JSON.stringify({ ok, ...told })}\n`);
      else if (text) process.stdout.write(`${printable(text)}\n`);
    },
    refuse(code, text) {
      clear();
      if (json) process.stdout.write(`${JSON.stringify({ ok: false, error: code, message: text })}\n`);
      else process.stderr.write(`gatehouse: ${printable(text)}\n`);
    },
  };
}

/** What people have named themselves cannot steer the terminal. */
function printable(text: string) {
  return text.replace(/[\p{Cc}\p{Bidi_Control}]/gu, (sign) => (sign === '\n' || sign === '\t' ? sign : '\u{fffd}'));
}
