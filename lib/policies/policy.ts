/** A tenant's policy as it applies now. The database has the same bounds. */
export type Policy = {
  /** `optional` until the day on which a requirement begins. */
  secondFactor: 'off' | 'optional' | 'required';
  /** When a second factor will be required, if that is in the future (ISO 8601). */
  secondFactorFrom: string | null;
  /** Users can skip the code on a device for thirty days. */
  rememberDevices: boolean;
  resetStyle: 'link' | 'temporary';
  ssoSecondFactor: 'never' | 'when-missing' | 'always';
  passwordHidden: boolean;
  passwordMinLength: number;
  /** How many earlier passwords cannot be used again. */
  passwordHistory: number;
  lockTries: number;
  lockMinutes: number;
  /** Networks that sign-ins and sessions are allowed from, as CIDR; none means all. */
  networks: string[];
  idleMinutes: number;
  absoluteMinutes: number;
  /** How long after the last interaction a call keeps a session from going idle. */
  callGraceMinutes: number;
};

/**
 * 4 hours idle and 24 hours in all; 8 characters is the floor of NIST SP 800-63B-4 inside
 * multi-factor, 15 without.
 */
export const DEFAULT_POLICY: Policy = {
  secondFactor: 'optional',
  secondFactorFrom: null,
  rememberDevices: false,
  resetStyle: 'link',
  ssoSecondFactor: 'when-missing',
  passwordHidden: false,
  passwordMinLength: 8,
  passwordHistory: 0,
  lockTries: 5,
  lockMinutes: 15,
  networks: [],
  idleMinutes: 240,
  absoluteMinutes: 1440,
  callGraceMinutes: 240,
};

export const POLICY_BOUNDS = {
  passwordMinLength: { min: 8, max: 64 },
  passwordHistory: { min: 0, max: 10 },
  lockTries: { min: 3, max: 10 },
  lockMinutes: { min: 5, max: 60 },
  idleMinutes: { min: 5, max: 1440 },
  absoluteMinutes: { min: 60, max: 10_080 },
  callGraceMinutes: { min: 15, max: 240 },
} as const;

export const MOST_NETWORKS = 50;
