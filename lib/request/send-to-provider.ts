import { requests } from '@/lib/request/store';
import { getLocale, getTranslations } from '@/lib/request/translations';
import type { Outgoing } from '@/lib/sso/saml/outgoing';

/**
 * Returns the response that sends a browser on to a provider: a redirect, or a page whose form
 * posts itself. Browsers without JavaScript show a button. This response alone names the provider
 * in `form-action`.
 */
export async function sendToProvider(to: Outgoing): Promise<Response> {
  if ('address' in to) return new Response(null, { status: 303, headers: { location: to.address } });
  const [t, locale] = await Promise.all([getTranslations('singleSignOn'), getLocale()]);
  const { host, origin } = new URL(to.action);
  const store = requests.getStore();
  if (!store) throw new Error('no request');
  store.formAction = origin;
  const inputs = Object.entries(to.fields).map(
    ([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`,
  );
  const page = [
    `<!doctype html><html lang="${locale}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">`,
    `<meta name="color-scheme" content="light dark"><title>${escaped(t('sendOn'))}</title>`,
    `<style nonce="${store.nonce}">body{font:1rem/1.5 system-ui,sans-serif;max-width:30rem;margin:4rem auto;padding:0 1rem}`,
    `button{font:inherit;padding:.5rem 1rem}</style>`,
    `<h1>${escaped(t('sendOn'))}</h1><p>${escaped(t('sendOnWhat', { host }))}</p>`,
    `<form method="post" action="${escaped(to.action)}">${inputs.join('')}<button>${escaped(t('sendOnButton'))}</button></form>`,
    `<script nonce="${store.nonce}">document.forms[0].submit()</script></html>`,
  ];
  return new Response(page.join(''), { headers: { 'content-type': 'text/html; charset=utf-8' } });
}

function escaped(text: string) {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
