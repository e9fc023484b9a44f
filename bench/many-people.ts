import { createDatabase, on } from '@/bench/many-sessions';
import type { Embedded } from '@/db/embedded';
import { migrate } from '@/db/migrate';

export const PEOPLE = 100_000;

/**
 * Returns the address of one more database of the same server, in which one tenant has so many
 * users: most of them work, some never came.
 */
export async function fillCrowd(embedded: Embedded) {
  const urls = await createDatabase(embedded, 'bench_people');
  await migrate(urls.ownerUrl, urls.appUrl);
  await on(urls.adminUrl, async (sql) => {
    const [tenant] =
      await sql`insert into tenants (slug, account_id, name) values ('crowd', 'crowd', 'Crowd') returning id`;
    const id = tenant?.id;
    await sql`insert into policies (tenant_id) values (${id})`;
    await sql`
      insert into users (tenant_id, username, extension, first_name, last_name, email, role, status, created_at, waiting, enrolled)
      select ${id}, 'person' || n, (10000 + n)::text, 'First' || n % 1009, 'Last' || n % 9973,
        case when n % 2000 = 0 then null when n % 1000 = 1 then 'reception' || n % 50 || '@crowd.example' else 'p' || n || '@crowd.example' end,
        case when n % 5000 = 0 then 'administrator' else 'agent' end, case when n % 3 = 0 then 'disabled' else 'active' end,
        now() - make_interval(secs => n), n % 8 = 0, n % 10 > 0
      from generate_series(1, ${PEOPLE}::int) n`;
    await sql`
      insert into user_words (tenant_id, word, user_id, in_directory)
      select u.tenant_id, w, u.id, w in (select words_of_user('', u.extension, u.first_name, u.last_name, '')) from users u, words_of_user(u.username, u.extension, u.first_name, u.last_name, u.email) as w`;
    await sql`
      insert into email_holders (tenant_id, email_key, holders)
      select tenant_id, email_key, count(*) from users where email_key is not null group by 1, 2`;
    await sql`insert into last_sign_ins (tenant_id, user_id, at)
      select tenant_id, id, case when waiting then '-infinity' else now() - make_interval(mins => extension::int * 7919 % 500000) end from users`;
    await sql`insert into passwords (tenant_id, user_id, hash) select tenant_id, id, 'none' from users where not waiting`;
    await sql`insert into totp_secrets (tenant_id, user_id, sealed_secret, last_step) select tenant_id, id, 'none', 0 from users where enrolled`;
    await sql`
      insert into invitations (tenant_id, user_id, way, nonce, key_id, token_hash)
      select tenant_id, id, 'mail', '\\x00', 'k1', uuid_send(id) from users where waiting order by id limit 5000`;
    await sql`
      insert into throttles (tenant_id, kind, key_digest, user_id, fails, locked_until)
      select tenant_id, 'password', uuid_send(id), id, 5, case when extension like '%99' then now() + interval '1 day' end
      from users order by id limit 20000`;
    await sql`vacuum analyze`;
  });
  return urls;
}
