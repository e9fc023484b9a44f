/** What a tenant has decided. Pure; the bounds are the database's too. */
export type Policy = {
  secondFactor: 'off' | 'optional' | 'required';
  resetStyle: 'link' | 'temporary';
  ssoSecondFactor: 'never' | 'when-missing' | 'always';
  passwordHidden: boolean;
  passwordMinLength: number;
  idleMinutes: number;
  absoluteMinutes: number;
};

/** 4 hours idle and 24 hours in all; 8 characters is the floor of NIST SP 800-63B-4 inside multi-factor, 15 without. */
export const DEFAULT_POLICY: Policy = {
  secondFactor: 'optional',
  resetStyle: 'link',
  ssoSecondFactor: 'when-missing',
  passwordHidden: false,
  passwordMinLength: 8,
  idleMinutes: 240,
  absoluteMinutes: 1440,
};

export const POLICY_BOUNDS = {
  passwordMinLength: { min: 8, max: 64 },
  idleMinutes: { min: 5, max: 1440 },
  absoluteMinutes: { min: 60, max: 10_080 },
} as const;
