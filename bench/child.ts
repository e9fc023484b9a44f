import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Embedded } from '@/db/embedded';

/** A process of ours that answers one message at a time. It ends with us. */
export type Child<Question, Answer> = { pid: number; ask(question: Question): Promise<Answer>; stop(): Promise<void> };

/** Returns a child that runs `file` of this folder. */
export function startChild<Question extends object, Answer>(
  file: string,
  env: Record<string, string> = {},
): Child<Question, Answer> {
  const child: ChildProcess = fork(path.join(import.meta.dirname, file), {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'production', ...env },
    execArgv: file.endsWith('.ts') ? ['--import', 'tsx'] : [],
  });
  const gone = once(child, 'exit');
  return {
    pid: child.pid ?? 0,
    async ask(question) {
      child.send(question);
      const [answer] = (await Promise.race([once(child, 'message'), gone.then(() => [])])) as [Answer?];
      if (answer === undefined) throw new Error(`${file} died`);
      return answer;
    },
    async stop() {
      if (child.connected) child.disconnect();
      await gone;
    },
  };
}

/**
 * Returns the same for a file that reads, through lib, one database of `embedded`: lib knows one
 * per process.
 */
export function startOnDatabase<Question extends object, Answer>(file: string, url: string, embedded: Embedded) {
  return startChild<Question, Answer>(file, {
    DATABASE_URL: url,
    GATEHOUSE_SECRETS: embedded.secrets,
    PUBLIC_URL: 'https://gatehouse.test',
    SMTP_URL: 'smtp://127.0.0.1:9',
    MAIL_FROM: 'no-reply@gatehouse.test',
  });
}
