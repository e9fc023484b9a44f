import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { diesWithUs } from '@/tests/support/app';
import { freePort } from '@/tests/support/free-port';

export type OidcPerson = { name: string; email: string; firstName: string; lastName: string };

/** Where a provider's client lives: what its administrator would type into its form. */
export type OidcClient = { id: string; secret: string; redirectUri: string; afterLogout: string; backChannel: string };

export type OidcPlace = Awaited<ReturnType<typeof placeForOidcProvider>>;
export type OidcProcess = Awaited<ReturnType<OidcPlace['start']>>;

/**
 * Returns a place for a provider, so that its issuer is known before its client is; every password
 * is the name with "pass" behind it.
 */
export async function placeForOidcProvider(people: OidcPerson[]) {
  const port = await freePort();
  const directory = mkdtempSync(path.join(tmpdir(), 'oidc-provider-'));
  const knobs = path.join(directory, 'knobs.json');
  /** `signal` reaches the process when it is next asked for a token. */
  const turn = (wrong: { iss?: string; aud?: string; nonce?: string; exp?: number; signal?: 'SIGSTOP' | 'SIGKILL' }) =>
    writeFileSync(knobs, JSON.stringify(wrong));
  turn({});
  return {
    issuer: `http://127.0.0.1:${port}`,
    /** Returns it running, as a process of its own. */
    async start(client: OidcClient) {
      const child = spawn(process.execPath, ['tests/idp/start-oidc-provider.mjs'], {
        env: {
          NODE_ENV: 'test',
          PATH: process.env.PATH,
          IDP_PORT: String(port),
          CLIENT_ID: client.id,
          CLIENT_SECRET: client.secret,
          REDIRECT_URI: client.redirectUri,
          POST_LOGOUT_URI: client.afterLogout,
          BACK_CHANNEL_URI: client.backChannel,
          KNOBS: knobs,
          IDP_USERS: people
            .map(({ name, email, firstName, lastName }) => [name, `${name}pass`, email, firstName, lastName].join(':'))
            .join(';'),
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const release = diesWithUs(child);
      const gone = once(child, 'close').then(release);
      let output = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
          output += text;
          child.emit('printed');
        });
      }
      const says = async (word: string) => {
        const left = gone.then(() => {
          throw new Error(`the provider has gone:\n${output}`);
        });
        left.catch(() => undefined);
        while (!output.includes(word)) await Promise.race([once(child, 'printed'), left]);
      };
      await says('ready');
      return {
        turn,
        /** Signs with a new key from now on. */
        async rotate() {
          child.kill('SIGHUP');
          await says('rotated');
        },
        /** After SIGSTOP. */
        goOn: () => child.kill('SIGCONT'),
        async stop() {
          child.kill('SIGCONT');
          child.kill('SIGKILL');
          await gone;
        },
      };
    },
    clear: () => rmSync(directory, { recursive: true, force: true }),
  };
}
