import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Settings for tests that need no database: nothing listens at this address. */
Object.assign(process.env, {
  DATABASE_URL: 'postgres://gatehouse_app@127.0.0.1:1/none',
  GATEHOUSE_SECRETS: `k1:${randomBytes(32).toString('base64')}`,
  GATEHOUSE_EMBEDDED: path.join(tmpdir(), 'gatehouse-unit-mail'),
  PUBLIC_URL: 'https://gatehouse.test',
  LOG_LEVEL: 'error',
});
