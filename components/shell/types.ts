export type ServerForm = (form: FormData) => Promise<void>;

export type Tab = { href: string; label: string; current: boolean };

export type Trouble = { error: unknown; retry: () => void };
