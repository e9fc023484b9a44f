import { expect, test } from 'vitest';
import type { Cause } from '@/lib/audit/record';
import { confirmPassword } from '@/lib/passwords/step-up';
import { signedIn, signIn } from '@/tests/support/sign-in';
import { newTenant, newUser, PASSWORD } from '@/tests/support/users';

const cause: Cause = { actorId: null, address: '127.0.0.1', userAgent: 'tests', requestId: 'tests' };

test('five wrong passwords for two spellings of an extension lock it at the same try, whether it exists or not', async () => {
  const tenant = await newTenant();
  await newUser(tenant, { extension: '888' });
  const told = async (spellings: string[]) => {
    const answers: string[] = [];
    for (let attempt = 0; attempt < 7; attempt++) {
      const answer = await signIn(tenant, spellings[attempt % spellings.length] ?? '', 'not the password');
      answers.push(answer.ok ? answer.next : answer.error);
    }
    return answers;
  };
  const spelt = (extension: string) => [
    extension,
    `${extension}-${tenant.slug}`,
    ` ${extension}-${tenant.slug.toUpperCase()} `,
  ];
  const known = await told(spelt('888'));
  expect(known).toEqual(['wrong', 'wrong', 'wrong', 'wrong', 'locked', 'locked', 'locked']);
  expect(await told(spelt('999'))).toEqual(known);
});

test('a lockout caused by a stranger does not stop a user from confirming their password in a known browser', async () => {
  const tenant = await newTenant();
  const user = await newUser(tenant);
  const { device } = await signedIn(tenant, user);
  const ask = (password: string, from: string | undefined) =>
    confirmPassword(tenant, user.id, password, 'password', { ...cause, actorId: user.id, device: from });
  for (let attempt = 1; attempt <= 5; attempt++) await signIn(tenant, user.username, 'not the password');
  expect(await signIn(tenant, user.username)).toMatchObject({ error: 'locked' });
  for (const stranger of [undefined, 'x'.repeat(43), 'no token']) {
    expect(await ask(PASSWORD, stranger)).toMatchObject({ ok: false, error: 'locked' });
  }
  expect(await ask(PASSWORD, device)).toMatchObject({ ok: true });
  // The right password at a known browser ends the lockout that the stranger caused.
  expect(await ask(PASSWORD, undefined)).toMatchObject({ ok: true });
  // The known browser has five tries of its own, and no more.
  for (let attempt = 1; attempt <= 5; attempt++) await ask('not the password', device);
  expect(await ask(PASSWORD, device)).toMatchObject({ ok: false, error: 'locked' });
});
