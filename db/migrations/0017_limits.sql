-- A lockout ends by itself. The first in 24 hours lasts what the tenant's policy says, the second an hour, every other six hours.
ALTER TABLE throttles ADD COLUMN locked_at timestamp with time zone, ADD COLUMN locked_before timestamp with time zone;
--> statement-breakpoint
DO $$
DECLARE
  t uuid;
BEGIN
  FOR t IN SELECT id FROM tenants UNION ALL SELECT '00000000-0000-0000-0000-000000000000' LOOP
    PERFORM set_config('app.tenant', t::text, true);
    DELETE FROM throttles WHERE tenant_id = t AND locked_until = 'infinity';
  END LOOP;
  PERFORM set_config('app.tenant', '', true);
END $$;
--> statement-breakpoint
ALTER TABLE throttles DROP COLUMN streak;
--> statement-breakpoint
-- Counts one try before anything is checked, in one statement, so that concurrent tries cannot exceed the limit. Tries while
-- locked change nothing but `refused`. `locked_at` and `locked_before` are when the last two lockouts began.
CREATE OR REPLACE FUNCTION take_try(p_tenant uuid, p_kind text, p_key bytea, p_user uuid) RETURNS json
LANGUAGE plpgsql AS $$
DECLARE
  r throttles%ROWTYPE;
  tries integer;
  first_lock integer;
BEGIN
  PERFORM set_config('app.tenant', p_tenant::text, true);
  SELECT lock_tries, lock_minutes INTO tries, first_lock FROM policies WHERE tenant_id = p_tenant;
  tries := coalesce(tries, 5);
  first_lock := coalesce(first_lock, 15);
  INSERT INTO throttles AS t (tenant_id, kind, key_digest, user_id, fails, window_start)
  VALUES (p_tenant, p_kind, p_key, p_user, 1, now())
  ON CONFLICT (tenant_id, kind, key_digest) DO UPDATE SET
    refused = CASE WHEN t.locked_until > now() THEN t.refused + 1 ELSE 0 END,
    fails = CASE WHEN t.locked_until > now() THEN t.fails
                 WHEN t.locked_until IS NOT NULL OR t.window_start <= now() - interval '15 minutes' THEN 1 ELSE t.fails + 1 END,
    window_start = CASE WHEN t.locked_until > now() OR t.locked_until IS NULL AND t.window_start > now() - interval '15 minutes'
                        THEN t.window_start ELSE now() END,
    locked_until = CASE WHEN t.locked_until > now() THEN t.locked_until
                        WHEN t.locked_until IS NULL AND t.window_start > now() - interval '15 minutes' AND t.fails + 1 >= tries
                        THEN now() + make_interval(mins => CASE
                          WHEN t.locked_before > now() - interval '24 hours' THEN 360
                          WHEN t.locked_at > now() - interval '24 hours' THEN 60
                          ELSE first_lock END) END
  RETURNING * INTO r;
  IF r.locked_until IS NOT NULL AND r.refused = 0 THEN
    UPDATE throttles SET locked_before = locked_at, locked_at = now()
      WHERE tenant_id = p_tenant AND kind = p_kind AND key_digest = p_key;
  END IF;
  RETURN json_build_object('refused', r.refused > 0, 'locks', r.locked_until IS NOT NULL AND r.refused = 0,
    'minutes', ceil(extract(epoch FROM r.locked_until - now()) / 60)::int);
END $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION purge_expired(t uuid) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM set_config('app.tenant', t::text, true);
  DELETE FROM sessions WHERE tenant_id = t AND (absolute_until < now() - interval '7 days' OR last_seen_at < now() - interval '8 days');
  DELETE FROM attempts WHERE tenant_id = t AND expires_at < now() - interval '1 day';
  DELETE FROM throttles WHERE tenant_id = t AND window_start < now() - interval '1 day'
    AND coalesce(locked_at < now() - interval '1 day', true);
  DELETE FROM password_resets WHERE tenant_id = t AND created_at < now() - interval '7 days';
  DELETE FROM email_changes WHERE tenant_id = t AND created_at < now() - interval '7 days';
  DELETE FROM enrolments WHERE tenant_id = t AND created_at < now() - interval '1 day';
  DELETE FROM devices WHERE tenant_id = t AND last_seen_at < now() - interval '180 days';
  DELETE FROM sso_flows WHERE tenant_id = t AND expires_at < now() - interval '1 day';
  DELETE FROM sso_seen WHERE tenant_id = t AND expires_at < now() - interval '1 hour';
  DELETE FROM sso_failures WHERE tenant_id = t AND at < now() - interval '7 days';
  UPDATE totp_secrets SET sealed_new_codes = NULL, new_codes_at = NULL
    WHERE tenant_id = t AND new_codes_at < now() - interval '10 minutes';
END $$;
--> statement-breakpoint
-- Moves several counters, narrowest first. Stops at the first one that is full, so that one busy address does not fill the
-- counter of its network or of its tenant. Returns the seconds to wait, or nothing.
CREATE FUNCTION count_volumes(p_counters json, p_by integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  one record;
  wait integer;
BEGIN
  FOR one IN SELECT * FROM json_to_recordset(p_counters) AS x (key text, "window" integer, most integer) LOOP
    wait := count_volume(one.key, one."window", one.most, p_by);
    IF wait IS NOT NULL AND p_by > 0 THEN RETURN wait; END IF;
  END LOOP;
  RETURN NULL;
END $$;
--> statement-breakpoint
-- Takes a try at the password behind an identifier. `p_counters` are those of the client's address; `p_tenant_counter` counts
-- only browsers that this user has not signed in from before. The functions of the version before stay for its instances.
CREATE FUNCTION begin_sign_in(p_tenant uuid, p_username text, p_extension text, p_unknown_key bytea, p_device bytea,
  p_counters json, p_tenant_counter json) RETURNS json
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  -- The outcome of the try is committed durably; a refusal that a crash forgets refuses again.
  unhurried text := set_config('synchronous_commit', 'off', true);
  tenant text := set_config('app.tenant', p_tenant::text, true);
  retry_after integer;
  u record;
  r record;
  budget bytea := p_unknown_key;
  known boolean := false;
BEGIN
  retry_after := count_volumes(p_counters, 1);
  IF retry_after IS NOT NULL THEN RETURN json_build_object('retryAfter', retry_after, 'full', 'address'); END IF;
  IF p_username IS NOT NULL THEN
    SELECT id, status, email, emergency, second_factor_required INTO u FROM users WHERE tenant_id = p_tenant AND username = p_username;
  ELSE
    SELECT id, status, email, emergency, second_factor_required INTO u FROM users WHERE tenant_id = p_tenant AND extension = p_extension;
  END IF;
  SELECT p.hash, p.changed_at::text AS changed_at, p.temporary_until IS NOT NULL AS temporary, coalesce(p.temporary_until <= now(), false) AS expired,
      d.id AS device, coalesce(d.remembered_until > now(), false) AS remembered,
      EXISTS (SELECT FROM totp_secrets s WHERE s.tenant_id = p_tenant AND s.user_id = u.id) AS enrolled INTO r
    FROM (VALUES (u.id)) AS one (id)
    LEFT JOIN passwords p ON p.tenant_id = p_tenant AND p.user_id = one.id
    LEFT JOIN devices d ON d.tenant_id = p_tenant AND d.user_id = one.id AND d.token_hash = p_device;
  IF u.id IS NOT NULL THEN
    known := r.device IS NOT NULL;
    budget := uuid_send(u.id) || CASE WHEN known THEN p_device ELSE '' END;
  END IF;
  IF NOT known THEN
    retry_after := count_volumes(p_tenant_counter, 1);
    IF retry_after IS NOT NULL THEN RETURN json_build_object('retryAfter', retry_after, 'full', 'tenant'); END IF;
  END IF;
  RETURN json_build_object(
    'try', take_try(p_tenant, 'password', budget, u.id),
    'budget', encode(budget, 'base64'),
    'known', known,
    'user', CASE WHEN u.status = 'active' THEN json_build_object('id', u.id, 'email', u.email, 'emergency', u.emergency,
      'secondFactorRequired', u.second_factor_required, 'hasSecondFactor', r.enrolled, 'remembered', r.remembered) END,
    'subject', u.id,
    'hash', r.hash,
    'changedAt', r.changed_at,
    'temporary', r.temporary,
    'expired', r.expired);
END $$;
--> statement-breakpoint
-- The budgets that a right password clears: its own, and, from a known browser, what strangers did to the user's.
CREATE FUNCTION cleared_by(p_budget bytea) RETURNS bytea[] LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN length(p_budget) > 32 THEN ARRAY[p_budget, substring(p_budget, 1, 16)] ELSE ARRAY[p_budget] END
$$;
--> statement-breakpoint
-- Gives back what a right password took, and tells whether that password is still the user's, locked against a change until the
-- transaction ends. Locks in the order of begin_sign_in, so that the two cannot deadlock.
CREATE FUNCTION use_password(p_tenant uuid, p_user uuid, p_changed_at timestamptz, p_budget bytea, p_counters json) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM count_volumes(p_counters, -1);
  DELETE FROM throttles WHERE tenant_id = p_tenant AND kind = 'password' AND key_digest = ANY (cleared_by(p_budget));
  PERFORM FROM passwords WHERE tenant_id = p_tenant AND user_id = p_user AND changed_at = p_changed_at FOR SHARE;
  RETURN FOUND;
END $$;
--> statement-breakpoint
-- Signs in users of one tenant whose passwords were right, in one transaction. Locks the users first, administrators before others,
-- then opens each session, then gives back what their tries took, in the order of begin_sign_in, then locks the audit chain's end.
-- Nothing is given back to a user who is refused or whose password has changed meanwhile.
CREATE FUNCTION complete_together(p_tenant uuid, p_users uuid[], p_people json) RETURNS json
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  person record;
  volume record;
  wait integer;
  one json;
  opened json[] := '{}';
  counted json[] := '{}';
  budgets bytea[] := '{}';
BEGIN
  IF cardinality(p_users) > 1 THEN
    PERFORM FROM users WHERE tenant_id = p_tenant AND id = ANY (p_users)
      ORDER BY role = 'administrator' AND status = 'active' DESC, id FOR NO KEY UPDATE;
  END IF;
  FOR person IN SELECT * FROM json_to_recordset(p_people) AS x ("userId" uuid, "changedAt" timestamptz, budget text, counters json,
      token text, factor text, address text, agent text, device text) LOOP
    one := NULL;
    PERFORM FROM passwords WHERE tenant_id = p_tenant AND user_id = person."userId" AND changed_at = person."changedAt" FOR SHARE;
    IF FOUND THEN
      one := open_session(p_tenant, person."userId", decode(person.token, 'base64'), person.factor, person.address, person.agent,
        decode(person.device, 'base64'), NULL, NULL, NULL, NULL);
    END IF;
    IF one IS NOT NULL THEN
      budgets := budgets || cleared_by(decode(person.budget, 'base64'));
      counted := array_append(counted, person.counters);
    END IF;
    opened := array_append(opened, one);
  END LOOP;
  IF budgets = '{}' THEN RETURN json_build_object('opened', array_to_json(opened)); END IF;
  FOR volume IN
    SELECT c.key, c."window", c.most, count(*)::integer AS tries
      FROM unnest(counted) AS list, json_to_recordset(list) AS c (key text, "window" integer, most integer)
      GROUP BY c.key, c."window", c.most ORDER BY c.key COLLATE "C" LOOP
    wait := count_volume(volume.key, volume."window", volume.most, -volume.tries);
  END LOOP;
  DELETE FROM throttles WHERE tenant_id = p_tenant AND kind = 'password' AND key_digest = ANY (budgets);
  RETURN json_build_object('opened', array_to_json(opened), 'head', audit_head(p_tenant));
END $$;
--> statement-breakpoint
-- Why a change of many users, or an import, ended before its end.
ALTER TABLE bulk_changes ADD COLUMN failure text;
--> statement-breakpoint
-- Changes of many users and imports of active tenants that have begun and not ended.
CREATE FUNCTION unfinished_work() RETURNS TABLE (tenant_id uuid, task text, id uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  t uuid;
BEGIN
  FOR t IN SELECT tenants.id FROM tenants WHERE status = 'active' LOOP
    PERFORM set_config('app.tenant', t::text, true);
    RETURN QUERY SELECT b.tenant_id, 'bulk', b.id FROM bulk_changes b WHERE b.tenant_id = t AND b.state = 'running';
    RETURN QUERY SELECT i.tenant_id, 'import', i.id FROM imports i WHERE i.tenant_id = t AND i.state = 'applying';
  END LOOP;
END $$;
