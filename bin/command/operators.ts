import { CAUSE, type Command, needed } from '@/bin/command/outcome';
import { createOperator } from '@/lib/operators/operators';

export const createOperatorCommand: Command = {
  words: ['<username>'],
  options: { 'first-name': { type: 'string' }, 'last-name': { type: 'string' } },
  what: 'makes an operator of the console; the temporary password is shown once',
  more: [
    '--first-name and --last-name are needed. The first sign-in asks for a password and a second factor of one’s own.',
  ],
  async run(given) {
    const input = {
      username: given.words[0] ?? '',
      firstName: needed(given, 'first-name'),
      lastName: needed(given, 'last-name'),
    };
    const made = await createOperator(input, CAUSE);
    if (!made.ok) return made;
    const { id, temporaryPassword } = made;
    return {
      ok: true,
      told: { id, username: input.username, temporaryPassword },
      text: `${input.username} can sign in to the console once with this password, within a day:\n\n  ${temporaryPassword}\n`,
    };
  },
};
