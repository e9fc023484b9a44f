import { randomBytes } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { isPasswordHidden } from '@/lib/passwords/hidden';
import type { Policy } from '@/lib/policies/policy';
import type { Factor } from '@/lib/sessions/find';
import { mayRemember, nextStep } from '@/lib/sign-in/next-step';
import { admin } from '@/tests/support/clock';
import { newTenant, newUser } from '@/tests/support/users';

/** Compares lib/sign-in/next-step.ts with open_session and session_bar in the database. */

type PolicyCase = {
  secondFactor: Policy['secondFactor'] | 'required-tomorrow';
  ssoSecondFactor: Policy['ssoSecondFactor'];
  passwordHidden: boolean;
  rememberDevices: boolean;
  network: 'everywhere' | 'inside' | 'outside';
};
type Case = {
  emergency: boolean;
  required: boolean;
  enrolled: boolean;
  remembered: boolean;
  provider: boolean;
  factor: Factor | null;
};
type Outcome = { opened: boolean; bar: string | null };

const yesOrNo = [false, true];
const policies = combinations({
  secondFactor: ['off', 'optional', 'required', 'required-tomorrow'],
  ssoSecondFactor: ['never', 'when-missing', 'always'],
  passwordHidden: yesOrNo,
  rememberDevices: yesOrNo,
  network: ['everywhere', 'inside', 'outside'],
} satisfies { [Name in keyof PolicyCase]: PolicyCase[Name][] });
const cases = combinations({
  emergency: yesOrNo,
  required: yesOrNo,
  enrolled: yesOrNo,
  remembered: yesOrNo,
  provider: yesOrNo,
  factor: [null, 'totp', 'recovery-code', 'device', 'provider'],
} satisfies { [Name in keyof Case]: Case[Name][] }).filter(({ provider, factor }) => provider || factor !== 'provider');

const ADDRESS = '192.0.2.7';
const NETWORKS = { everywhere: '{}', inside: '{192.0.2.0/24}', outside: '{198.51.100.0/24}' };
const ids = { tenant: '', user: '', connection: '', device: randomBytes(32).toString('hex') };

beforeAll(async () => {
  const tenant = await newTenant({ entitlements: ['security-policies', 'single-sign-on'] });
  const user = await newUser(tenant);
  const [connection] = await admin()`
    insert into sso_connections (tenant_id, protocol, label, "position", state, issuer, settings)
    values (${tenant.id}, 'oidc', 'Provider', 1, 'beside', 'https://idp.test', '{}') returning id`;
  Object.assign(ids, { tenant: tenant.id, user: user.id, connection: connection?.id });
  await admin().unsafe(DECIDE);
});

test('the code and the database let the same users sign in, whatever was proved under whatever policy', async () => {
  expect([policies.length, cases.length]).toEqual([144, 144]);
  let opened = 0;
  for (const policy of policies) {
    const outcomes = await outcomesOf(policy);
    const expected = cases.map((one) => maySignIn(policy, one));
    const wrong = cases.filter((_, at) => outcomes[at]?.opened !== expected[at]);
    expect({ policy, wrong }).toEqual({ policy, wrong: [] });
    // The guard of every request must not end what was opened.
    expect({ policy, barred: cases.filter((_, at) => outcomes[at]?.bar !== null) }).toEqual({ policy, barred: [] });
    opened += expected.filter(Boolean).length;
  }
  expect(opened).toBeGreaterThan(5_000);
}, 180_000);

function maySignIn(policy: PolicyCase, { emergency, required, enrolled, remembered, provider, factor }: Case) {
  const today: Pick<Policy, 'secondFactor' | 'ssoSecondFactor' | 'passwordHidden' | 'rememberDevices'> = {
    ...policy,
    secondFactor: policy.secondFactor === 'required-tomorrow' ? 'optional' : policy.secondFactor,
  };
  const hasOwnFactor = factor === 'totp' || factor === 'recovery-code';
  if (policy.network === 'outside' && !(emergency && hasOwnFactor)) return false;
  if (!provider && isPasswordHidden(today, { emergency })) return false;
  const proof = provider ? { factor: factor === 'provider' ? factor : null } : null;
  // A remembered device stands for a code, and only users with a second factor are asked for one.
  if (factor === 'device') return enrolled && remembered && mayRemember(today, proof);
  const user = { hasSecondFactor: enrolled, secondFactorRequired: required };
  return nextStep(today, user, { secondFactor: hasOwnFactor, newPasswordRequired: false, provider: proof }) === 'done';
}

async function outcomesOf(policy: PolicyCase): Promise<Outcome[]> {
  await admin()`
    update policies set second_factor = ${policy.secondFactor.replace('-tomorrow', '')},
      second_factor_from = ${policy.secondFactor === 'required-tomorrow' ? admin()`now() + interval '1 day'` : null},
      sso_second_factor = ${policy.ssoSecondFactor}, password_hidden = ${policy.passwordHidden},
      remember_devices = ${policy.rememberDevices}, networks = ${NETWORKS[policy.network]}::text[]
    where tenant_id = ${ids.tenant}`;
  const [row] = await admin().unsafe<{ outcomes: Outcome[] }[]>(
    'select decide($1::text::json, $2, $3, $4, $5, $6) as outcomes',
    [JSON.stringify(cases), ids.tenant, ids.user, ids.connection, ids.device, ADDRESS],
  );
  return row?.outcomes ?? [];
}

function combinations<Values extends Record<string, unknown[]>>(values: Values) {
  type One = { [Name in keyof Values]: Values[Name][number] };
  return Object.entries(values).reduce<One[]>(
    (made, [name, options]) => made.flatMap((one) => options.map((option) => ({ ...one, [name]: option }))),
    [{} as One],
  );
}

const DECIDE = `
  create function decide(cases json, tenant uuid, who uuid, connection uuid, device text, client text)
  returns json language plpgsql set search_path = public, pg_temp set plan_cache_mode = force_generic_plan as $$
  declare
    one record;
    opened json;
    bar text;
    outcomes json[] := '{}';
  begin
    for one in select * from json_to_recordset(cases) as x
        (emergency boolean, required boolean, enrolled boolean, remembered boolean, provider boolean, factor text) loop
      update users set emergency = one.emergency, second_factor_required = one.required where id = who;
      delete from totp_secrets where user_id = who;
      if one.enrolled then
        insert into totp_secrets (tenant_id, user_id, sealed_secret, last_step) values (tenant, who, 'sealed', 0);
      end if;
      delete from devices where user_id = who;
      insert into devices (tenant_id, user_id, token_hash, remembered_until) values (tenant, who, decode(device, 'hex'),
        case when one.remembered then now() + interval '1 day' end);
      opened := open_session(tenant, who, decode(repeat('ab', 32), 'hex'), one.factor, client, 'tests',
        decode(device, 'hex'), case when one.provider then connection end, null, null, null);
      bar := null;
      if opened is not null then
        select session_bar(p, s, u, client) into bar from policies p, sessions s, users u
          where p.tenant_id = tenant and s.tenant_id = tenant and s.id = (opened->>'session')::uuid and u.id = who
            and u.tenant_id = tenant;
      end if;
      delete from sessions where tenant_id = tenant;
      outcomes := array_append(outcomes, json_build_object('opened', opened is not null, 'bar', bar));
    end loop;
    return array_to_json(outcomes);
  end $$`;
