import { CAUSE, type Command, needed, type Outcome } from '@/bin/command/outcome';
import {
  createOperator,
  findOperatorByUsername,
  resetOperatorPassword,
  resetOperatorSecondFactor,
} from '@/lib/operators/operators';

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

export const resetOperatorCommand: Command = {
  words: ['<username>'],
  options: { password: { type: 'boolean' } },
  what: 'takes an operator’s lost second factor away; with --password also makes a temporary password, shown once',
  more: [
    'For an operator who lost the app and the recovery codes, where no other operator can help. The next sign-in sets up another.',
    'The recovery codes stop working too, all sessions of that operator end, and every try is given back.',
  ],
  async run({ words: [username = ''], options }): Promise<Outcome> {
    const operator = await findOperatorByUsername(username);
    if (!operator) return { ok: false, error: 'no-operator' };
    const reset = await resetOperatorSecondFactor(operator.id, CAUSE);
    if (!reset.ok) return reset;
    const told = { id: operator.id, username: operator.username };
    const text = `${operator.username}: the second factor is reset.`;
    if (!options.password) return { ok: true, told, text };
    const made = await resetOperatorPassword(operator.id, CAUSE);
    if (!made.ok) return made;
    return {
      ok: true,
      told: { ...told, temporaryPassword: made.temporaryPassword },
      text: `${text} Sign in once with this password, within a day:\n\n  ${made.temporaryPassword}\n`,
    };
  },
};
