'use client';

import { Icon } from '@/components/ui/icon';
import { buttonClass } from '@/components/ui/tone';
import { useFormState } from './form-context';
import { ProofField } from './proof-field';

type Props = {
  /** Stays whatever other forms do: it belongs to what is shown under it. */
  lasting?: boolean;
};

/*
 * Both regions stand in the page from the start: a region that arrives with its words is not read
 * out.
 */
export function FormMessage({ lasting = false }: Props) {
  const { state, outdated } = useFormState();
  const { status, message, reload, at } = state;
  const words = (tone: 'danger' | 'success') => (
    <div key={at} tabIndex={-1} data-form-message={status} className={`alert alert-${tone}`}>
      <Icon name={tone === 'danger' ? 'warning' : 'check'} />
      <div className="alert-body">
        <p>{message}</p>
        {reload ? (
          <a href={reload.href} className={`${buttonClass({ small: true })} mt-2`}>
            {reload.label}
          </a>
        ) : null}
      </div>
    </div>
  );
  return (
    <>
      <div role="alert" className="form-live">
        {status === 'failed' && message ? words('danger') : null}
      </div>
      <div role="status" className="form-live">
        {status === 'done' && message && (lasting || !outdated) ? words('success') : null}
      </div>
      <ProofField />
    </>
  );
}
