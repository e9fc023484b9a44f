import { type SQL, sql } from 'drizzle-orm';
import { LIFETIMES } from '@/lib/lifetimes';
import { plainText } from '@/lib/text';
import { inSeconds } from '@/lib/time';

export const FILTERS = {
  role: ['agent', 'administrator'],
  status: ['active', 'disabled', 'invited', 'waiting', 'locked'],
  factor: ['on', 'off'],
  email: ['none', 'shared'],
} as const;

export type Filter = {
  q?: string;
  /** Searches only by what colleagues see of each other: name and extension. */
  directory?: boolean;
} & { [Name in keyof typeof FILTERS]?: (typeof FILTERS)[Name][number] };

/**
 * One condition on a user `u`. `everybody` selects the ids of all matches through an index, each up
 * to `times` times.
 */
export type Condition = { test: SQL; everybody?: SQL; times?: number };

const MOST_WORDS = 5;

export function conditionsOf(
  tenantId: string,
  { q = '', directory, role, status, factor, email }: Filter,
): Condition[] {
  const words = plainText(q.trim(), 100).split(/\s+/).filter(Boolean).slice(0, MOST_WORDS);
  return [
    ...words.map((word) => wordCondition(tenantId, word, directory)),
    ...(role ? [ROLES[role](tenantId)] : []),
    ...(status ? [STATES[status](tenantId)] : []),
    ...(factor ? [FACTORS[factor](tenantId)] : []),
    ...(email ? [EMAILS[email](tenantId)] : []),
  ];
}

type OfTenant = (tenantId: string) => Condition;

/** Returns a condition on columns of `users`; `rare` where an index holds its few matches. */
const plain =
  (test: SQL, { rare }: { rare: boolean }): OfTenant =>
  (tenantId) => ({
    test,
    ...(rare && { everybody: sql`select u.id from users u where u.tenant_id = ${tenantId} and ${test}` }),
  });

const ROLES: Record<NonNullable<Filter['role']>, OfTenant> = {
  administrator: plain(sql`u.role = 'administrator'`, { rare: true }),
  agent: plain(sql`u.role = 'agent'`, { rare: false }),
};

const STATES: Record<NonNullable<Filter['status']>, OfTenant> = {
  active: plain(sql`u.status = 'active'`, { rare: false }),
  disabled: plain(sql`u.status = 'disabled'`, { rare: true }),
  invited: (tenantId) => {
    const invited = sql`i.tenant_id = ${tenantId} and coalesce(i.sent_at, i.created_at) > now() - make_interval(secs => ${inSeconds(LIFETIMES.invitation)})`;
    return {
      test: sql`exists (select from invitations i where ${invited} and i.user_id = u.id)`,
      everybody: sql`select i.user_id as id from invitations i where ${invited}`,
    };
  },
  waiting: plain(sql`u.waiting`, { rare: true }),
  locked: (tenantId) => {
    const locked = sql`t.tenant_id = ${tenantId} and t.locked_until > now()`;
    return {
      test: sql`exists (select from throttles t where ${locked} and t.user_id = u.id)`,
      everybody: sql`select t.user_id as id from throttles t where ${locked} and t.user_id is not null`,
    };
  },
};

const FACTORS: Record<NonNullable<Filter['factor']>, OfTenant> = {
  on: plain(sql`u.enrolled`, { rare: false }),
  off: plain(sql`not u.enrolled`, { rare: true }),
};

const EMAILS: Record<NonNullable<Filter['email']>, OfTenant> = {
  none: plain(sql`u.email is null`, { rare: true }),
  shared: (tenantId) => {
    const shared = sql`e.tenant_id = ${tenantId} and e.holders > 1`;
    return {
      test: sql`exists (select from email_holders e where ${shared} and e.email_key = u.email_key)`,
      everybody: sql`select o.id from email_holders e
        join users o on o.tenant_id = ${tenantId} and o.email_key = e.email_key where ${shared}`,
    };
  },
};

/** Matches users who have a word that begins with `word`. */
function wordCondition(tenantId: string, word: string, directory = false): Condition {
  const begins = (text: SQL) =>
    sql`w.tenant_id = ${tenantId} ${directory ? sql`and w.in_directory` : sql``} and ${text} >= search_form(${word}::text) and ${text} < search_form(${word}::text) || chr(1114111)`;
  return {
    // The concatenation keeps the planner from using the index on words instead of this user's
    // words.
    test: sql`(select true from user_words w where ${begins(sql`(w.word || '')`)} and w.user_id = u.id limit 1)`,
    everybody: sql`select w.user_id as id from user_words w where ${begins(sql`w.word`)}`,
    // The name, its parts, the username, the extension and the email address.
    times: 7,
  };
}
