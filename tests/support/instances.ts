import { afterAll, beforeAll } from 'vitest';
import { type App, startApp } from '@/tests/support/app';
import { type MailServer, startMailServer } from '@/tests/support/smtp';

/**
 * The built product for a test file, as many instances as asked for on its one database, with a
 * mail server between them.
 */
export function instances(count = 1, env: Record<string, string | undefined> = {}) {
  const running: { apps: App[]; mail: MailServer } = { apps: [], mail: undefined as unknown as MailServer };
  beforeAll(async () => {
    running.mail = await startMailServer();
    const start = () => startApp({ SMTP_URL: running.mail.url, ...env });
    running.apps = await Promise.all(Array.from({ length: count }, start));
  });
  afterAll(async () => {
    const died = running.apps.filter((app) => !app.isRunning());
    await Promise.all(running.apps.map((app) => app.stop()));
    await running.mail?.stop();
    if (died[0]) throw new Error(`the product died under the tests:\n${died[0].output().slice(-3000)}`);
  });
  return {
    app: (at = 0) => {
      const app = running.apps[at % count];
      if (!app) throw new Error('no instance runs');
      return app;
    },
    get mail() {
      return running.mail;
    },
  };
}
