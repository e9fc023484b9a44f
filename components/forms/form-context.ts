'use client';

import { createContext, useContext } from 'react';
import { type FormState, IDLE } from '@/lib/forms/state';

type FormValue = {
  state: FormState;
  pending: boolean;
  /** Whether another form of the page has done something since. */
  outdated: boolean;
};

export const FormContext = createContext<FormValue>({ state: IDLE, pending: false, outdated: false });

export function useFormState(): FormValue {
  return useContext(FormContext);
}
