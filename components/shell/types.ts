export type ServerForm = (form: FormData) => Promise<void>;

export type Tab = { href: string; label: string; current: boolean };

export type ErrorProps = { error: unknown; retry: () => void };
