/** An operator is away after half an hour, and asked again after eight hours; find_operator_session holds to the same. */
export const OPERATOR_LIMITS = { idleMinutes: 30, absoluteHours: 8, passwordMinLength: 12 } as const;
