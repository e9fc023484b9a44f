'use client';

import { useFormState } from '@/components/forms/form-context';

/** Which version of the person the form shows: once a conflict has been told, the newer one. */
export function VersionField({ version }: { version: number }) {
  const told = useFormState().state.values?.version;
  return <input type="hidden" name="version" value={told ?? String(version)} />;
}
