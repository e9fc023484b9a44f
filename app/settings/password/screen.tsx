'use client';

import { ActionForm } from '@/components/forms/action-form';
import { NewPasswordInput } from '@/components/forms/new-password-input';
import { PasswordInput } from '@/components/forms/password-input';
import type { MeterWords } from '@/components/forms/strength-meter';
import { SubmitButton } from '@/components/forms/submit-button';
import { UsernameField } from '@/components/forms/username-field';
import { Card } from '@/components/ui/card';
import type { FormAction } from '@/lib/forms/state';

type Props = {
  action: FormAction;
  user: { id: string; username: string };
  /** Words that a new password must not contain, and its minimum length. */
  rules: { context: string[]; minLength: number };
  words: Record<'change' | 'what' | 'current' | 'new' | 'newHint' | 'repeat' | 'changing', string>;
  shown: { show: string; hide: string };
  meter: MeterWords;
};

/* A client component that receives words only, so that the response has no markup twice. */
export function PasswordScreen({ action, user, rules, words, shown, meter }: Props) {
  return (
    <Card title={words.change} description={words.what}>
      <ActionForm action={action} hidden={{ as: user.id }}>
        <UsernameField username={user.username} />
        <PasswordInput name="current" label={words.current} autoComplete="current-password" required words={shown} />
        <NewPasswordInput
          name="password"
          label={words.new}
          hint={words.newHint}
          {...rules}
          required
          words={shown}
          meter={meter}
        />
        <PasswordInput name="repeat" label={words.repeat} autoComplete="new-password" required words={shown} />
        <SubmitButton pending={words.changing}>{words.change}</SubmitButton>
      </ActionForm>
    </Card>
  );
}
