import type { Mail, Reader, Sender } from './mails';
import { type Wording, wordMail } from './wording';

/**
 * Returns the subject and both bodies of an email. Everything hostile in names is escaped; links
 * must be http(s), else it throws TypeError. Loads react-email at the first mail, so that an idle
 * server does not carry it.
 */
export async function renderMail(mail: Mail, reader: Reader, tenant: Sender) {
  if ('url' in mail && !/^https?:$/.test(new URL(mail.url).protocol))
    throw new TypeError('a mail links to http(s) only');
  const wording = wordMail(mail, reader, tenant);
  const { drawLetter } = await import('./letter');
  return { subject: wording.subject, html: await drawLetter(wording), text: writeText(wording) };
}

function writeText({ tenantName, greeting, paragraphs, secret, action, closing, support, footer }: Wording) {
  const blocks = [tenantName, greeting, ...paragraphs, secret && `    ${secret}`];
  if (action) blocks.push(`${action.label}\n${action.url}`);
  return `${[...blocks, closing, support, `--\n${footer}`].filter(Boolean).join('\n\n')}\n`;
}
