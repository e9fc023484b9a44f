import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { expect } from 'vitest';
import type { App } from '@/tests/support/app';

/**
 * Returns what the product has printed since `from`, once it has logged everything asked of it so
 * far.
 */
export async function outputSince(app: App, from: number) {
  const path = `/${randomUUID()}`;
  await new Promise((resolve, reject) =>
    request({ host: '127.0.0.1', port: app.port, path, agent: false }, (response) =>
      response.resume().on('end', resolve),
    )
      .on('error', reject)
      .end(),
  );
  await expect.poll(() => app.output()).toContain(path);
  return app.output().slice(from);
}
