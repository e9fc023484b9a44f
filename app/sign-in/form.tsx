'use client';

import type { ReactNode } from 'react';
import { Field } from '@/components/forms/field';
import { PageForm } from '@/components/forms/page-form';
import { PasswordInput } from '@/components/forms/password-input';
import { SubmitButton } from '@/components/forms/submit-button';
import type { FormState } from '@/lib/forms/state';
import { BeforeAnswer } from './before-answer';
import type { SignInWords } from './words';

type Props = {
  state: FormState;
  words: SignInWords;
  /** Why a person is here who did not ask to be. */
  why?: ReactNode;
};

/*
 * One component for the browser, so that the page carries its words and not its markup a second
 * time.
 */
export function SignInForm({ state, words, why }: Props) {
  return (
    <PageForm state={state}>
      {why ? <BeforeAnswer>{why}</BeforeAnswer> : null}
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
    </PageForm>
  );
}
