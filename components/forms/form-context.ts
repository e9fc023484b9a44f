'use client';

import { createContext, useContext } from 'react';
import { type FormState, IDLE } from '@/lib/form-state';

type FormValue = { state: FormState; pending: boolean };

export const FormContext = createContext<FormValue>({ state: IDLE, pending: false });

export function useFormState(): FormValue {
  return useContext(FormContext);
}
