export const OPERATOR_LIMITS = { passwordMinLength: 12 } as const;
