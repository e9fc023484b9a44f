-- A sign-in in fewer statements: starting one costs more here than carrying it out. Every connection of the application has
-- `search_path` set (db/index.ts); a function that runs as its caller need not set it at every call.
-- Who types a password, and whether he may try: as before, in two statements where it took four.
CREATE OR REPLACE FUNCTION begin_sign_in(p_tenant uuid, p_username text, p_extension text, p_unknown_key bytea, p_device bytea,
  p_volume_key text, p_window integer, p_most integer) RETURNS json
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  -- What a try comes to is committed behind it and takes it along; a refusal that a crash forgets refuses again.
  unhurried text := set_config('synchronous_commit', 'off', true);
  tenant text := set_config('app.tenant', p_tenant::text, true);
  retry_after integer;
  u record;
  r record;
  budget bytea := p_unknown_key;
BEGIN
  IF p_volume_key IS NOT NULL THEN
    retry_after := count_volume(p_volume_key, p_window, p_most, 1);
    IF retry_after IS NOT NULL THEN RETURN json_build_object('retryAfter', retry_after); END IF;
  END IF;
  IF p_username IS NOT NULL THEN
    SELECT id, status, email, emergency, second_factor_required INTO u FROM users WHERE tenant_id = p_tenant AND username = p_username;
  ELSE
    SELECT id, status, email, emergency, second_factor_required INTO u FROM users WHERE tenant_id = p_tenant AND extension = p_extension;
  END IF;
  IF u.id IS NULL THEN
    RETURN json_build_object('try', take_try(p_tenant, 'password', budget, NULL), 'budget', encode(budget, 'base64'),
      'user', NULL, 'subject', NULL, 'hash', NULL, 'changedAt', NULL, 'temporary', false, 'expired', false);
  END IF;
  SELECT p.hash, p.changed_at::text AS changed_at, p.temporary_until IS NOT NULL AS temporary, coalesce(p.temporary_until <= now(), false) AS expired,
      d.id AS device, coalesce(d.remembered_until > now(), false) AS remembered,
      EXISTS (SELECT FROM totp_secrets s WHERE s.tenant_id = p_tenant AND s.user_id = u.id) AS enrolled INTO r
    FROM (VALUES (u.id)) AS one (id)
    LEFT JOIN passwords p ON p.tenant_id = p_tenant AND p.user_id = one.id
    LEFT JOIN devices d ON d.tenant_id = p_tenant AND d.user_id = one.id AND d.token_hash = p_device;
  budget := uuid_send(u.id);
  -- A browser that he has signed in from before has a budget of its own.
  IF r.device IS NOT NULL THEN budget := budget || p_device; END IF;
  RETURN json_build_object(
    'try', take_try(p_tenant, 'password', budget, u.id),
    'budget', encode(budget, 'base64'),
    'user', CASE WHEN u.status = 'active' THEN json_build_object('id', u.id, 'email', u.email, 'emergency', u.emergency,
      'secondFactorRequired', u.second_factor_required, 'hasSecondFactor', r.enrolled, 'remembered', r.remembered) END,
    'subject', u.id,
    'hash', r.hash,
    'changedAt', r.changed_at,
    'temporary', r.temporary,
    'expired', r.expired);
END $$;
--> statement-breakpoint
DROP FUNCTION begin_password(uuid, text, text, bytea, bytea);
--> statement-breakpoint
-- The one door, as before but for the end of the audit trail: the person is locked first, so that what follows sees all that others have
-- done to him, and what only some ways of signing in need is asked for in those alone.
CREATE FUNCTION open_session(p_tenant uuid, p_user uuid, p_token bytea, p_factor text, p_address text, p_agent text, p_device bytea,
  p_connection uuid, p_subject text, p_index text, p_hint text)
RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  u record;
  p record;
  before timestamptz;
  session uuid;
  is_new boolean;
  hidden boolean;
BEGIN
  SELECT status, email, role, extension, emergency, second_factor_required INTO u
    FROM users WHERE tenant_id = p_tenant AND id = p_user FOR NO KEY UPDATE;
  SELECT r.absolute_minutes, r.networks, r.remember_devices, r.password_hidden, r.sso_second_factor, second_factor_today(r) AS second_factor,
      t.status, 'single-sign-on' = ANY (t.entitlements) AS sso, 'phone' = ANY (t.entitlements) AS phone INTO p
    FROM policies r, tenants t WHERE r.tenant_id = p_tenant AND t.id = p_tenant;
  IF u.status IS DISTINCT FROM 'active' OR p.status IS DISTINCT FROM 'active' THEN RETURN NULL; END IF;
  hidden := p.password_hidden AND p.sso;

  IF p_connection IS NULL THEN
    IF hidden AND NOT (u.emergency AND coalesce(p_factor, 'device') <> 'device') THEN RETURN NULL; END IF;
  ELSIF NOT p.sso OR NOT EXISTS (SELECT FROM sso_connections c
      WHERE c.tenant_id = p_tenant AND c.id = p_connection AND c.enabled AND c.state IN ('beside', 'instead')) THEN
    RETURN NULL;
  END IF;
  IF p_factor = 'device' AND NOT (p.remember_devices AND EXISTS (SELECT FROM devices d
      WHERE d.tenant_id = p_tenant AND d.user_id = p_user AND d.token_hash = p_device AND d.remembered_until > now())) THEN
    RETURN NULL;
  END IF;
  IF p.second_factor <> 'off' AND NOT (CASE
      WHEN p_connection IS NULL OR p.sso_second_factor = 'when-missing' THEN p_factor IS NOT NULL
      WHEN p.sso_second_factor = 'never' THEN true
      ELSE coalesce(p_factor, 'provider') <> 'provider' END) THEN
    IF p.second_factor = 'required' OR u.second_factor_required
        OR EXISTS (SELECT FROM totp_secrets s WHERE s.tenant_id = p_tenant AND s.user_id = p_user) THEN
      RETURN NULL;
    END IF;
  END IF;
  IF cardinality(p.networks) > 0 AND NOT (u.emergency AND coalesce(p_factor, '') IN ('totp', 'recovery-code')) THEN
    IF NOT address_allowed(p.networks, p_address) THEN RETURN NULL; END IF;
  END IF;

  UPDATE last_sign_ins SET previous_at = NULLIF(at, '-infinity'), previous_address = address, at = now(), address = p_address
    WHERE tenant_id = p_tenant AND user_id = p_user
    RETURNING previous_at INTO before;
  INSERT INTO sessions (tenant_id, user_id, token_hash, factor, address, user_agent, absolute_until,
      connection_id, sso_subject, sso_index, sealed_hint)
    VALUES (p_tenant, p_user, p_token, p_factor, p_address, p_agent, now() + make_interval(mins => p.absolute_minutes),
      p_connection, p_subject, p_index, p_hint)
    RETURNING id INTO session;
  INSERT INTO devices AS d (tenant_id, user_id, token_hash) VALUES (p_tenant, p_user, p_device)
    ON CONFLICT (tenant_id, user_id, token_hash) DO UPDATE SET last_seen_at = now()
    RETURNING d.created_at = now() INTO is_new;
  IF before IS NULL THEN
    UPDATE users SET waiting = false WHERE tenant_id = p_tenant AND id = p_user AND waiting;
  END IF;
  IF u.role = 'administrator' AND p_connection IS NOT NULL THEN
    UPDATE sso_connections SET administrator_at = now() WHERE tenant_id = p_tenant AND id = p_connection;
  END IF;
  RETURN json_build_object('session', session, 'maxAge', p.absolute_minutes * 60,
    'emergency', p_connection IS NULL AND hidden,
    'phone', p.phone AND u.extension IS NOT NULL AND phone_socket(p_tenant, p_user, u.extension) IS NOT NULL,
    'newDeviceFor', CASE WHEN is_new AND before IS NOT NULL THEN u.email END);
END $$;
--> statement-breakpoint
-- The end of the chain as the application reads it. Locked last, behind everything that an event speaks of.
CREATE FUNCTION audit_head(p_tenant uuid) RETURNS json
LANGUAGE plpgsql AS $$
DECLARE
  head record;
BEGIN
  SELECT * INTO head FROM lock_audit_head(p_tenant);
  RETURN json_build_object('seq', head.seq, 'mac', encode(head.mac, 'base64'), 'at', floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint);
END $$;
--> statement-breakpoint
-- `complete_sign_in` stays as it is for an instance of the version before, as long as one runs beside this.
CREATE FUNCTION complete_one(p_tenant uuid, p_user uuid, p_token bytea, p_factor text, p_address text, p_agent text, p_device bytea,
  p_connection uuid, p_subject text, p_index text, p_hint text)
RETURNS json LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  opened json := open_session(p_tenant, p_user, p_token, p_factor, p_address, p_agent, p_device, p_connection, p_subject, p_index, p_hint);
BEGIN
  RETURN json_build_object('opened', json_build_array(opened), 'head', CASE WHEN opened IS NOT NULL THEN audit_head(p_tenant) END);
END $$;
--> statement-breakpoint
-- People of one tenant whose passwords were right at the same time, in one transaction. Everybody first, administrators before the others,
-- as all do that change several people; then each as the door has him; then what the tries of those took who are in, in the order of
-- begin_sign_in; then the end of the chain. To whom the door stays shut, or whose password is another one meanwhile, nothing is given back.
CREATE FUNCTION complete_together(p_tenant uuid, p_users uuid[], p_people json, p_window integer, p_most integer) RETURNS json
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  person record;
  volume record;
  wait integer;
  one json;
  opened json[] := '{}';
  keys text[] := '{}';
  budgets bytea[] := '{}';
BEGIN
  IF cardinality(p_users) > 1 THEN
    PERFORM FROM users WHERE tenant_id = p_tenant AND id = ANY (p_users)
      ORDER BY role = 'administrator' AND status = 'active' DESC, id FOR NO KEY UPDATE;
  END IF;
  FOR person IN SELECT * FROM json_to_recordset(p_people) AS x ("userId" uuid, "changedAt" timestamptz, budget text, key text,
      token text, factor text, address text, agent text, device text) LOOP
    one := NULL;
    PERFORM FROM passwords WHERE tenant_id = p_tenant AND user_id = person."userId" AND changed_at = person."changedAt" FOR SHARE;
    IF FOUND THEN
      one := open_session(p_tenant, person."userId", decode(person.token, 'base64'), person.factor, person.address, person.agent,
        decode(person.device, 'base64'), NULL, NULL, NULL, NULL);
    END IF;
    IF one IS NOT NULL THEN
      budgets := array_append(budgets, decode(person.budget, 'base64'));
      keys := array_append(keys, person.key);
    END IF;
    opened := array_append(opened, one);
  END LOOP;
  IF budgets = '{}' THEN RETURN json_build_object('opened', array_to_json(opened)); END IF;
  FOR volume IN SELECT key, count(*)::integer AS tries FROM unnest(keys) AS key WHERE key IS NOT NULL GROUP BY key ORDER BY key LOOP
    wait := count_volume(volume.key, p_window, p_most, -volume.tries);
  END LOOP;
  DELETE FROM throttles WHERE tenant_id = p_tenant AND kind = 'password' AND key_digest = ANY (budgets);
  RETURN json_build_object('opened', array_to_json(opened), 'head', audit_head(p_tenant));
END $$;
--> statement-breakpoint
ALTER FUNCTION count_volume(text, integer, integer, integer) RESET search_path;
--> statement-breakpoint
ALTER FUNCTION take_try(uuid, text, bytea, uuid) RESET search_path;
