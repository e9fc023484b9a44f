'use client';

import { Icon } from '@/components/ui/icon';
import { useFormState } from './form-context';

/* Both regions stand in the page from the start: a region that arrives with its words is not read out. */
export function FormMessage() {
  const { status, message, at } = useFormState().state;
  const words = (tone: 'danger' | 'success') => (
    <div key={at} tabIndex={-1} data-form-message={status} className={`alert alert-${tone}`}>
      <Icon name={tone === 'danger' ? 'warning' : 'check'} />
      <p className="alert-body">{message}</p>
    </div>
  );
  return (
    <>
      <div role="alert" className="form-live">
        {status === 'failed' && message ? words('danger') : null}
      </div>
      <div role="status" className="form-live">
        {status === 'done' && message ? words('success') : null}
      </div>
    </>
  );
}
