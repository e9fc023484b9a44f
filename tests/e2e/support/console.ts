import type { BrowserContext } from 'playwright/test';
import { env } from '@/lib/env';
import { operatorHost, operatorSession } from '@/tests/support/operators';

/** An address of the operator's console. */
export function atConsole(path = '/operator') {
  return new URL(path, `${env().publicUrl.protocol}//${operatorHost()}`).href;
}

/** Puts a session of an operator into the browser, as a sign-in would have. */
export async function enterConsole(context: BrowserContext, operator: { id: string }) {
  const value = await operatorSession(operator);
  await context.addCookies([{ name: 'sid', value, url: atConsole('/'), httpOnly: true }]);
}
