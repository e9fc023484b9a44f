'use client';

import { useFormState } from './form-context';

/**
 * Sends back which version of the saved values the form shows: after a conflict, the current one.
 */
export function VersionField({ version }: { version: string }) {
  const shownVersion = useFormState().state.values?.version;
  return <input type="hidden" name="version" value={shownVersion ?? version} />;
}
