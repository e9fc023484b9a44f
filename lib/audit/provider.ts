/** The service provider's own chain and budgets: no tenant has this id. */
export const PROVIDER = '00000000-0000-0000-0000-000000000000';
