import { describe, expect, it } from 'vitest';
import type { Mail, MailKind } from '@/lib/emails/mails';
import { renderMail } from '@/lib/emails/render';

const url = 'https://wickedsprockets.example.com/reset-password/tok-en_123?a=1&b=2';
const at = '2026-03-01T17:05:00Z';
const mails: { [Kind in MailKind]: Extract<Mail, { kind: Kind }> } = {
  'reset-link': { kind: 'reset-link', url, minutes: 60 },
  'reset-temporary-link': { kind: 'reset-temporary-link', url, minutes: 60 },
  'administrator-reset': { kind: 'administrator-reset', url, minutes: 60 },
  'temporary-password': { kind: 'temporary-password', password: 'fjord-98-<lamp>', url, minutes: 60 },
  'password-changed': { kind: 'password-changed', at, address: '203.0.113.9', browser: 'Firefox on Linux' },
  'two-factor-reset': { kind: 'two-factor-reset', at, byName: 'Ada Admin' },
  'two-factor-on': { kind: 'two-factor-on', at },
  'two-factor-off': { kind: 'two-factor-off', at },
  'recovery-codes-renewed': { kind: 'recovery-codes-renewed', at },
  'recovery-code-used': { kind: 'recovery-code-used', at, left: 3 },
  'email-confirm': { kind: 'email-confirm', url, minutes: 60 },
  invitation: { kind: 'invitation', url, hours: 72 },
  'email-changed': { kind: 'email-changed', at },
  'new-device': { kind: 'new-device', at, address: '203.0.113.9', browser: 'Firefox on Linux' },
  'locked-out': { kind: 'locked-out', at, minutes: 15 },
  'sso-certificate': { kind: 'sso-certificate', label: 'Acme', byName: 'Dana Reyes', at, url },
  'sso-expiry': { kind: 'sso-expiry', what: 'secret', label: 'Acme', at, days: 30, url },
};
/** A key without words, a value that was not given, a plural that was not read. */
const UNFINISHED = /\bmail\.\w|undefined|NaN|Invalid|[{}]|\bplural\b/;
const tenant = { name: 'Wicked Sprockets' };
const dana = { firstName: 'Dana', timeZone: 'America/Montreal' };

describe.each(['en', 'fr'] as const)('in %s', (locale) => {
  it.each(Object.values(mails))('$kind greets, names the tenant and is whole', async (mail) => {
    const { subject, html, text } = await renderMail(mail, { locale, ...dana }, tenant);
    const name = ['email-confirm', 'invitation'].includes(mail.kind) ? '' : ' Dana';
    const greeting = `${locale === 'en' ? 'Hello' : 'Bonjour'}${name},`;
    expect(text).toContain(greeting);
    expect(html).toContain(greeting);
    expect(html).toMatch(new RegExp(`<html[^>]*lang="${locale}"`));
    for (const body of [text, html]) expect(body).toContain('Wicked Sprockets');
    const htmlWords = html.replace(/<style>[\s\S]*?<\/style>/g, '');
    for (const part of [subject, htmlWords, text]) expect(part).not.toMatch(UNFINISHED);
    expect(subject).not.toMatch(/[\r\n]/);
  });

  it('dates are in the reader’s time zone', async () => {
    const { text } = await renderMail(mails['two-factor-on'], { locale, ...dana }, tenant);
    expect(text).toMatch(
      locale === 'en' ? /March 1, 2026 at 12:05:00\sp\.m\. EST/ : /1 mars 2026 à 12 h 05 min 00 s HNE/,
    );
    const unknownZone = await renderMail(mails['two-factor-on'], { locale, ...dana, timeZone: 'Mars/Olympus' }, tenant);
    expect(unknownZone.text).toContain('UTC');
  });
});

it('both languages say different things in every kind', async () => {
  for (const mail of Object.values(mails)) {
    const [en, fr] = await Promise.all([
      renderMail(mail, { locale: 'en', ...dana }, tenant),
      renderMail(mail, { locale: 'fr', ...dana }, tenant),
    ]);
    expect(en.subject).not.toBe(fr.subject);
    expect(en.text.split('\n\n').filter((block) => fr.text.includes(block) && !block.startsWith('    '))).toEqual([
      'Wicked Sprockets',
    ]);
  }
});

it('a link is on the button and below it, and on a line of its own in the text', async () => {
  const { html, text } = await renderMail(mails['reset-link'], { locale: 'en', ...dana }, tenant);
  expect(
    html.match(/href="https:\/\/wickedsprockets\.example\.com\/reset-password\/tok-en_123\?a=1&amp;b=2"/g),
  ).toHaveLength(2);
  expect(text.split('\n')).toContain(url);
  await expect(
    renderMail({ ...mails['reset-link'], url: 'javascript:alert(1)' }, { locale: 'en', ...dana }, tenant),
  ).rejects.toThrow(TypeError);
});

it('a temporary password is in the bodies only, escaped', async () => {
  const { subject, html, text } = await renderMail(mails['temporary-password'], { locale: 'en', ...dana }, tenant);
  expect(subject).not.toContain('fjord');
  expect(html).toContain('fjord-98-&lt;lamp&gt;');
  expect(text).toContain('fjord-98-<lamp>');
});

it('hostile names neither act nor break out', async () => {
  const hostile = '<img src=x onerror=alert(1)>\r\nBcc: eve@example.com\u202e{left}';
  const { subject, html, text } = await renderMail(
    { kind: 'two-factor-reset', at, byName: hostile },
    { locale: 'en', firstName: hostile, timeZone: 'UTC' },
    { name: hostile },
  );
  expect(html).not.toContain('<img src=x');
  expect(html).toContain('&lt;img src=x');
  expect(subject + text).not.toMatch(/\r|\nBcc|\u202e/);
  const long = await renderMail(
    mails['two-factor-on'],
    { locale: 'en', firstName: 'x'.repeat(5000), timeZone: 'UTC' },
    tenant,
  );
  expect(long.text.length).toBeLessThan(1000);
});

it('a user without a first name is greeted too', async () => {
  const { text } = await renderMail(mails['two-factor-on'], { locale: 'fr', firstName: ' ', timeZone: 'UTC' }, tenant);
  expect(text).toContain('Bonjour,');
});

it('few recovery codes are counted in words', async () => {
  const used = async (left: number) =>
    (await renderMail({ kind: 'recovery-code-used', at, left }, { locale: 'en', ...dana }, tenant)).text;
  expect(await used(0)).toContain('no recovery codes left');
  expect(await used(1)).toContain('1 recovery code left');
  expect(await used(7)).toContain('7 recovery codes left');
});
