'use client';

import { type ComponentProps, useEffect, useState } from 'react';
import { Icon } from '@/components/ui/icon';
import { FieldFrame, type FieldWords, useField } from './field-frame';
import { useFormState } from './form-context';

type Native = 'autoComplete' | 'required' | 'autoFocus' | 'onInput' | 'onFocus';

export type PasswordProps = FieldWords &
  Pick<ComponentProps<'input'>, Native> & {
    words: { show: string; hide: string };
    /** Not emptied when the form was refused: a provider's secret that it shows only once. */
    kept?: boolean;
  };

export function PasswordInput({ name, label, hint, optional, words, kept, ...native }: PasswordProps) {
  const wiring = useField(name, hint);
  const { pending } = useFormState();
  const [shown, setShown] = useState(false);
  /* Password managers only offer to save what leaves in a password field. */
  useEffect(() => {
    if (pending) setShown(false);
  }, [pending]);
  return (
    <FieldFrame name={name} label={label} hint={hint} optional={optional} wiring={wiring}>
      <div className="password">
        <input
          {...native}
          {...wiring.aria}
          id={wiring.id}
          name={name}
          type={shown ? 'text' : 'password'}
          data-secret={kept ? undefined : true}
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          className="input"
        />
        <button
          type="button"
          className="icon-button only-js"
          aria-label={shown ? words.hide : words.show}
          aria-controls={wiring.id}
          onClick={() => setShown(!shown)}
        >
          <Icon name={shown ? 'eye-off' : 'eye'} />
        </button>
      </div>
    </FieldFrame>
  );
}
