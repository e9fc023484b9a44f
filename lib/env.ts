import { z } from 'zod';
import { parseNetwork, type TrustedProxies } from '@/lib/addresses';
import { plainText } from '@/lib/text';

/** What the process is told from outside. README.md explains every variable in one table. */
const schema = z.object({
  NODE_ENV: z.enum(['development', 'production', 'test']).default('development'),
  PORT: z.coerce.number().int().min(0).max(65535).default(3000),
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  DATABASE_OWNER_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  GATEHOUSE_SECRETS: z.string(),
  GATEHOUSE_EMBEDDED: z.string().optional(),
  TRUSTED_PROXY_HOPS: z.coerce.number().int().min(0).max(5).optional(),
  TRUSTED_PROXIES: z.string().optional(),
  RESEND_API_KEY: z.string().min(1).optional(),
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  MAIL_FROM: z.string().min(3).optional(),
  UPSTASH_REDIS_REST_URL: z.url({ protocol: /^https?$/ }).optional(),
  UPSTASH_REDIS_REST_TOKEN: z.string().min(1).optional(),
  BREACHED_PASSWORDS_FILE: z.string().min(1).optional(),
  DNS_SERVERS: z
    .string()
    .regex(/^[0-9a-f.:[\]]+(\s*,\s*[0-9a-f.:[\]]+)*$/i, 'write addresses, separated by commas')
    .optional(),
  HASHING_THREADS: z.coerce.number().int().min(1).max(64).optional(),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
});

type Env = z.infer<typeof schema> & {
  /** Scheme, root domain and port under which browsers reach us, e.g. https://example.com */
  publicUrl: URL;
  /** Key id and 32 or more bytes each; the first one writes, all of them read. */
  keyring: { id: string; secret: Buffer }[];
  secure: boolean;
  trustedProxies: TrustedProxies;
  /** Our own address exists on this machine alone (RFC 6761), so an identity provider may be on it too. */
  local: boolean;
};

/** A setting is missing or wrong. `variable` names it, `mend` says what to do. */
export class InvalidEnv extends Error {
  override name = 'InvalidEnv';
  constructor(
    readonly variable: string,
    readonly mend: string,
  ) {
    super(`${variable}: ${mend}`);
  }
}

let parsed: Env | undefined;

/** Promises the settings of this process, read once. Throws InvalidEnv, which names the variable and the mend. */
export function env(): Env {
  parsed ??= readEnv(process.env);
  return parsed;
}

/** Promises settings made of `source`; pure, for start-up checks and tests. */
function readEnv(source: NodeJS.ProcessEnv): Env {
  const filled = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
  const result = schema.safeParse(filled);
  if (!result.success) {
    const issue = result.error.issues[0];
    const variable = String(issue?.path[0] ?? 'environment');
    throw new InvalidEnv(
      variable,
      source[variable] ? `not a valid value: ${issue?.message}` : (MEND[variable] ?? 'is required'),
    );
  }
  const values = result.data;
  const publicUrl = new URL(values.PUBLIC_URL ?? `http://localhost:${values.PORT}`);
  const isLocalhost = /(^|\.)localhost$/.test(publicUrl.hostname);
  if (publicUrl.protocol === 'http:' && !isLocalhost) {
    throw new InvalidEnv('PUBLIC_URL', 'must start with https:// (http is for localhost only)');
  }
  if (!values.GATEHOUSE_EMBEDDED) requireProductionSettings(values);
  return {
    ...values,
    publicUrl,
    keyring: readKeyring(values.GATEHOUSE_SECRETS),
    secure: publicUrl.protocol === 'https:',
    trustedProxies: readProxies(values),
    local: isLocalhost || publicUrl.hostname.endsWith('.test'),
  };
}

const MEND: Record<string, string> = {
  DATABASE_URL: 'set it to the connection of the application role, postgres://gatehouse_app:…@host/gatehouse',
  GATEHOUSE_SECRETS: 'set it to k1:<32 random bytes in base64>, for example k1:$(openssl rand -base64 32)',
};

function requireProductionSettings(values: z.infer<typeof schema>) {
  if (!values.PUBLIC_URL) {
    throw new InvalidEnv('PUBLIC_URL', 'set it to the root address that browsers use, for example https://example.com');
  }
  if (!values.RESEND_API_KEY && !values.SMTP_URL) {
    throw new InvalidEnv('SMTP_URL', 'set SMTP_URL or RESEND_API_KEY, or nobody receives a reset link');
  }
  if (!values.MAIL_FROM) {
    throw new InvalidEnv(
      'MAIL_FROM',
      'set it to the sender of our mail, for example "Gatehouse <no-reply@example.com>"',
    );
  }
  if (values.UPSTASH_REDIS_REST_URL && !values.UPSTASH_REDIS_REST_TOKEN) {
    throw new InvalidEnv('UPSTASH_REDIS_REST_TOKEN', 'goes with UPSTASH_REDIS_REST_URL');
  }
}

function readProxies({ TRUSTED_PROXIES, TRUSTED_PROXY_HOPS }: z.infer<typeof schema>): TrustedProxies {
  if (TRUSTED_PROXIES === undefined) return { networks: [], hops: TRUSTED_PROXY_HOPS ?? 0 };
  if (TRUSTED_PROXY_HOPS !== undefined) {
    throw new InvalidEnv('TRUSTED_PROXIES', 'set either TRUSTED_PROXIES or TRUSTED_PROXY_HOPS, not both');
  }
  const networks = TRUSTED_PROXIES.split(/[\s,]+/)
    .filter(Boolean)
    .map((entry) => {
      const network = parseNetwork(entry);
      if (network) return network;
      throw new InvalidEnv(
        'TRUSTED_PROXIES',
        `"${plainText(entry, 60)}" is not a network; write addresses or networks, separated by commas: 10.0.0.0/8,2001:db8::7`,
      );
    });
  return { networks, hops: 0 };
}

function readKeyring(text: string) {
  const keys = text.split(',').map((entry) => {
    const [id, encoded, ...rest] = entry.trim().split(':');
    const secret = Buffer.from(encoded ?? '', 'base64');
    if (!id || !/^[a-z0-9]{1,16}$/i.test(id) || rest.length > 0) {
      throw new InvalidEnv('GATEHOUSE_SECRETS', 'write each key as <id>:<base64>, several separated by commas');
    }
    if (secret.length < 32) {
      throw new InvalidEnv(
        'GATEHOUSE_SECRETS',
        `key ${id} is shorter than 32 bytes; make one with openssl rand -base64 32`,
      );
    }
    return { id, secret };
  });
  if (new Set(keys.map((key) => key.id)).size !== keys.length) {
    throw new InvalidEnv('GATEHOUSE_SECRETS', 'names a key id twice');
  }
  return keys;
}
