import type { ReactNode } from 'react';
import { Icon } from './icon';
import { buttonClass } from './tone';

type Props = { action: string; label: string; submit: string; value?: string; name?: string; children?: ReactNode };

export function SearchBox({ action, label, submit, value, name = 'q', children }: Props) {
  return (
    <search className="mb-4">
      <form action={action} method="get" className="row">
        <input
          className="input flex-1 basis-40"
          type="search"
          name={name}
          defaultValue={value}
          aria-label={label}
          placeholder={label}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
        />
        <button type="submit" className={buttonClass({})}>
          <Icon name="search" />
          {submit}
        </button>
        {children}
      </form>
    </search>
  );
}
