import { CAUSE, type Command, type Outcome } from '@/bin/command/outcome';
import { rotateKeys } from '@/lib/keys/rotate';

export const rotateKeysCommand: Command = {
  words: [],
  what: 'seals every secret again under the first key of GATEHOUSE_SECRETS',
  more: [
    'Put the new key at the end on every instance, then at the front on every instance, then run this. It can be stopped and run again.',
    'The old key stays needed for the audit trail that was written under it, and for recovery codes until they are renewed.',
    'Exits with 4 where something could not be opened by any key.',
  ],
  async run({ terminal }): Promise<Outcome> {
    const done = await rotateKeys(CAUSE, (tenants, of) => terminal.progress(tenants, of, 'tenants'));
    const lines = [
      `${done.resealed} secrets are sealed again under key ${done.key}.`,
      ...(done.unreadable > 0 ? [`${done.unreadable} secrets could not be opened by any key.`] : []),
    ];
    if (done.unreadable > 0) return { ok: false, found: true, told: { ...done }, text: lines.join('\n') };
    return { ok: true, told: { ...done }, text: lines.join('\n') };
  },
};
