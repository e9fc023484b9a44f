'use client';

import { ActionForm } from '@/components/forms/action-form';
import { Field } from '@/components/forms/field';
import { PasswordInput } from '@/components/forms/password-input';
import { SubmitButton } from '@/components/forms/submit-button';
import { Alert } from '@/components/ui/alert';
import type { Tone } from '@/components/ui/tone';
import { signIn } from './actions';
import { BeforeAnswer } from './before-answer';
import type { SignInWords } from './words';

type Props = {
  words: SignInWords;
  /** Why a person is here who did not ask to be. */
  why?: { tone: Tone; text: string };
  returnTo: string;
};

/* One component for the browser, so that the page carries its words and not its markup a second time. */
export function SignInForm({ words, why, returnTo }: Props) {
  return (
    <ActionForm action={signIn} hidden={{ return_to: returnTo }}>
      {why ? (
        <BeforeAnswer>
          <Alert tone={why.tone}>{why.text}</Alert>
        </BeforeAnswer>
      ) : null}
      <Field
        name="username"
        label={words.username}
        hint={words.hint}
        autoComplete="username"
        maxLength={320}
        required
        autoFocus
      />
      <div className="stack-tight">
        <PasswordInput name="password" label={words.password} autoComplete="current-password" required words={words} />
        <p>
          <a className="link text-sm" href="/forgot-password">
            {words.forgot}
          </a>
        </p>
      </div>
      <SubmitButton pending={words.pending} full>
        {words.submit}
      </SubmitButton>
    </ActionForm>
  );
}
