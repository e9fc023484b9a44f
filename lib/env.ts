import { createHash } from 'node:crypto';
import { z } from 'zod';
import { InvalidEnv } from '@/lib/environment/invalid-env';
import { type MasterKey, readKeyring } from '@/lib/environment/keyring';
import {
  databaseUrl,
  headerToken,
  isLocalhost,
  nameServers,
  rootAddressProblem,
  sender,
  serviceUrl,
  smtpUrl,
  wholeNumber,
} from '@/lib/environment/setting-values';

export { InvalidEnv } from '@/lib/environment/invalid-env';

import { parseNetwork, type TrustedProxies } from '@/lib/network/addresses';
import { plainText } from '@/lib/text';

/** What the process is told from outside. README.md explains every variable in one table. */
const schema = z.object({
  NODE_ENV: z.enum(['development', 'production', 'test']).default('development'),
  PORT: wholeNumber(0, 65_535).default(3000),
  PUBLIC_URL: z
    .string()
    .superRefine((text, context) => {
      const message = rootAddressProblem(text);
      if (message) context.addIssue({ code: 'custom', message });
    })
    .optional(),
  DATABASE_URL: databaseUrl,
  DATABASE_OWNER_URL: databaseUrl.optional(),
  GATEHOUSE_SECRETS: z.string(),
  GATEHOUSE_EMBEDDED: z.string().optional(),
  TRUSTED_PROXY_HOPS: wholeNumber(0, 5).optional(),
  TRUSTED_PROXIES: z.string().optional(),
  RESEND_API_KEY: headerToken.optional(),
  SMTP_URL: smtpUrl.optional(),
  MAIL_FROM: sender.optional(),
  UPSTASH_REDIS_REST_URL: serviceUrl.optional(),
  UPSTASH_REDIS_REST_TOKEN: headerToken.optional(),
  BREACHED_PASSWORDS_FILE: z.string().min(1).optional(),
  DNS_SERVERS: nameServers.optional(),
  HASHING_THREADS: wholeNumber(1, 64).optional(),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
});

type Env = z.infer<typeof schema> & {
  /** Scheme, root domain and port under which browsers reach us, e.g. https://example.com */
  publicUrl: URL;
  /** Key id and 32 or more bytes each; the first one writes, all of them read. */
  keyring: MasterKey[];
  secure: boolean;
  trustedProxies: TrustedProxies;
  /**
   * Our own address exists on this machine alone (RFC 6761), so an identity provider may be on it
   * too.
   */
  local: boolean;
};

let parsed: Env | undefined;

/** Returns the settings of this process, read once. Throws InvalidEnv. */
export function env(): Env {
  parsed ??= readEnv(process.env);
  return parsed;
}

/**
 * Throws InvalidEnv unless the settings allow the embedded database and its demonstration data:
 * their passwords are published, so the root address must stay on this machine.
 */
export function assertEmbeddedAllowed() {
  const { publicUrl } = readEnv({ ...process.env, ...PLACEHOLDERS });
  if (isLocalhost(publicUrl.hostname)) return;
  throw new InvalidEnv(
    'DATABASE_URL',
    `${MEND.DATABASE_URL} (the demonstration needs PUBLIC_URL to be unset or at localhost)`,
  );
}

/** Stand for what the embedded database brings itself. */
const PLACEHOLDERS = {
  DATABASE_URL: 'postgres://gatehouse_app@127.0.0.1/gatehouse',
  DATABASE_OWNER_URL: '',
  GATEHOUSE_SECRETS: `k1:${createHash('sha256').update('placeholder').digest('base64')}`,
  GATEHOUSE_EMBEDDED: '-',
};

function readEnv(source: NodeJS.ProcessEnv): Env {
  const trimmed = Object.entries(source).map(([name, value]) => [name, value?.trim()] as const);
  const filled = Object.fromEntries(trimmed.filter(([, value]) => value !== ''));
  const result = schema.safeParse(filled);
  if (!result.success) {
    const issue = result.error.issues[0];
    const variable = String(issue?.path[0] ?? 'environment');
    throw new InvalidEnv(
      variable,
      filled[variable] ? `not a valid value: ${issue?.message}` : (MEND[variable] ?? 'is required'),
    );
  }
  const values = result.data;
  const publicUrl = rootAddress(values);
  if (publicUrl.protocol === 'http:' && !isLocalhost(publicUrl.hostname)) {
    throw new InvalidEnv('PUBLIC_URL', 'must start with https:// (http is for localhost only)');
  }
  requireTogether(values);
  if (!values.GATEHOUSE_EMBEDDED) requireProductionSettings(values);
  return {
    ...values,
    publicUrl,
    keyring: readKeyring(values.GATEHOUSE_SECRETS),
    secure: publicUrl.protocol === 'https:',
    trustedProxies: readProxies(values),
    local: isLocalhost(publicUrl.hostname) || publicUrl.hostname.endsWith('.test'),
  };
}

/** Returns the root address without a dot at its end, which no Host header of ours keeps. */
function rootAddress({ PUBLIC_URL, PORT }: z.infer<typeof schema>) {
  const url = new URL(PUBLIC_URL ?? `http://localhost:${PORT}`);
  url.hostname = url.hostname.replace(/\.$/, '');
  const problem = rootAddressProblem(url.href);
  if (!PUBLIC_URL && PORT !== 0 && problem) throw new InvalidEnv('PORT', problem);
  return url;
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

function requireTogether(values: z.infer<typeof schema>) {
  const [url, token] = ['UPSTASH_REDIS_REST_URL', 'UPSTASH_REDIS_REST_TOKEN'] as const;
  for (const [one, other] of [
    [url, token],
    [token, url],
  ] as const) {
    if (values[one] && !values[other]) throw new InvalidEnv(other, `goes with ${one}`);
  }
}
