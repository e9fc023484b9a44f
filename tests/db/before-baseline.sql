SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;

CREATE SCHEMA drizzle;

CREATE FUNCTION public.address_allowed(p_networks text[], p_address text) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  IF cardinality(p_networks) = 0 THEN RETURN true; END IF;
  RETURN coalesce(regexp_replace(p_address, '^::ffff:(?=\d+\.)', '')::inet <<= ANY (p_networks::cidr[]), false);
EXCEPTION WHEN invalid_text_representation THEN
  RETURN false;
END $$;

CREATE FUNCTION public.advance_audit_head() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
  first record;
  last record;
BEGIN
  SELECT tenant_id, seq, previous_mac INTO first FROM added ORDER BY seq LIMIT 1;
  SELECT tenant_id, seq, mac INTO last FROM added ORDER BY seq DESC LIMIT 1;
  IF first.seq IS NULL THEN RETURN NULL; END IF;
  IF first.seq <> last.seq AND EXISTS (
    SELECT FROM (SELECT tenant_id, seq, previous_mac, lag(seq) OVER w AS seq_before, lag(mac) OVER w AS mac_before
      FROM added WINDOW w AS (ORDER BY seq)) AS a
    WHERE a.tenant_id <> first.tenant_id OR a.seq <> first.seq AND (a.seq <> a.seq_before + 1 OR a.previous_mac <> a.mac_before)) THEN
    RAISE EXCEPTION 'audit events from % on do not follow each other', first.seq;
  END IF;
  UPDATE audit_heads SET seq = last.seq, mac = last.mac
    WHERE tenant_id = first.tenant_id AND seq = first.seq - 1 AND mac = first.previous_mac;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'audit event % does not follow the end of the chain', first.seq;
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION public.audit_ends() RETURNS TABLE(tenant_id uuid, seq bigint, mac bytea)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
  t uuid;
BEGIN
  FOR t IN SELECT id FROM tenants UNION ALL SELECT '00000000-0000-0000-0000-000000000000' LOOP
    PERFORM set_config('app.tenant', t::text, true);
    RETURN QUERY SELECT h.tenant_id, h.seq, h.mac FROM audit_heads h WHERE h.tenant_id = t;
  END LOOP;
END $$;

CREATE FUNCTION public.audit_head(p_tenant uuid) RETURNS json
    LANGUAGE plpgsql
    AS $$
DECLARE
  head record;
BEGIN
  SELECT * INTO head FROM lock_audit_head(p_tenant);
  RETURN json_build_object('seq', head.seq, 'mac', encode(head.mac, 'base64'), 'at', floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint);
END $$;

CREATE FUNCTION public.begin_sign_in(p_tenant uuid, p_username text, p_extension text, p_unknown_key bytea, p_device bytea, p_counters json, p_tenant_counter json) RETURNS json
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
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

CREATE FUNCTION public.begin_sign_in(p_tenant uuid, p_username text, p_extension text, p_unknown_key bytea, p_device bytea, p_volume_key text, p_window integer, p_most integer) RETURNS json
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
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

CREATE FUNCTION public.cancel_tenant_deletion(p_tenant uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  UPDATE tenants SET delete_after = NULL WHERE id = p_tenant AND delete_after > now();
  RETURN FOUND;
END $$;

CREATE FUNCTION public.cleared_by(p_budget bytea) RETURNS bytea[]
    LANGUAGE sql IMMUTABLE
    AS $$
  SELECT CASE WHEN length(p_budget) > 32 THEN ARRAY[p_budget, substring(p_budget, 1, 16)] ELSE ARRAY[p_budget] END
$$;

CREATE FUNCTION public.complete_one(p_tenant uuid, p_user uuid, p_token bytea, p_factor text, p_address text, p_agent text, p_device bytea, p_connection uuid, p_subject text, p_index text, p_hint text) RETURNS json
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
DECLARE
  opened json := open_session(p_tenant, p_user, p_token, p_factor, p_address, p_agent, p_device, p_connection, p_subject, p_index, p_hint);
BEGIN
  RETURN json_build_object('opened', json_build_array(opened), 'head', CASE WHEN opened IS NOT NULL THEN audit_head(p_tenant) END);
END $$;

CREATE FUNCTION public.complete_sign_in(p_tenant uuid, p_user uuid, p_token bytea, p_factor text, p_address text, p_agent text, p_device bytea, p_connection uuid, p_subject text, p_index text, p_hint text) RETURNS json
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
DECLARE
  person record;
  session record;
  device record;
  head record;
  before timestamptz;
BEGIN
  -- Waits by itself first: the next statement then sees what the one waited for has done, an enrolment among it.
  PERFORM 1 FROM users WHERE tenant_id = p_tenant AND id = p_user FOR UPDATE;
  IF p_factor = 'device' AND NOT EXISTS (SELECT FROM devices d JOIN policies p ON p.tenant_id = d.tenant_id
      WHERE d.tenant_id = p_tenant AND d.user_id = p_user AND d.token_hash = p_device AND d.remembered_until > now() AND p.remember_devices) THEN
    RETURN NULL;
  END IF;
  SELECT u.email, u.role, u.extension, p.absolute_minutes, 'phone' = ANY (t.entitlements) AS entitled,
      p_connection IS NULL AND p.password_hidden AND 'single-sign-on' = ANY (t.entitlements) AS emergency INTO person
    FROM users u, policies p, tenants t
    WHERE u.tenant_id = p_tenant AND u.id = p_user AND u.status = 'active'
      AND t.id = p_tenant AND t.status = 'active' AND p.tenant_id = p_tenant
      AND CASE WHEN p_connection IS NULL
          THEN NOT (p.password_hidden AND 'single-sign-on' = ANY (t.entitlements)) OR u.emergency AND coalesce(p_factor, 'device') <> 'device'
        ELSE 'single-sign-on' = ANY (t.entitlements) AND EXISTS (SELECT FROM sso_connections c
          WHERE c.tenant_id = p_tenant AND c.id = p_connection AND c.enabled AND c.state IN ('beside', 'instead')) END
      AND (CASE WHEN p_connection IS NULL OR p.sso_second_factor = 'when-missing' THEN p_factor IS NOT NULL
          WHEN p.sso_second_factor = 'never' THEN true
          ELSE coalesce(p_factor, 'provider') <> 'provider' END
        OR NOT (second_factor_today(p) = 'required' OR second_factor_today(p) = 'optional' AND (u.second_factor_required
          OR EXISTS (SELECT FROM totp_secrets s WHERE s.tenant_id = p_tenant AND s.user_id = p_user))))
      AND (cardinality(p.networks) = 0 OR u.emergency AND coalesce(p_factor, '') IN ('totp', 'recovery-code')
        OR address_allowed(p.networks, p_address));
  IF NOT FOUND THEN RETURN NULL; END IF;
  UPDATE last_sign_ins SET previous_at = NULLIF(at, '-infinity'), previous_address = address, at = now(), address = p_address
    WHERE tenant_id = p_tenant AND user_id = p_user
    RETURNING previous_at INTO before;
  IF before IS NULL THEN
    UPDATE users SET waiting = false WHERE tenant_id = p_tenant AND id = p_user AND waiting;
  END IF;
  IF person.role = 'administrator' AND p_connection IS NOT NULL THEN
    UPDATE sso_connections SET administrator_at = now() WHERE tenant_id = p_tenant AND id = p_connection;
  END IF;
  INSERT INTO sessions (tenant_id, user_id, token_hash, factor, address, user_agent, absolute_until,
      connection_id, sso_subject, sso_index, sealed_hint)
    VALUES (p_tenant, p_user, p_token, p_factor, p_address, p_agent, now() + make_interval(mins => person.absolute_minutes),
      p_connection, p_subject, p_index, p_hint)
    RETURNING id, extract(epoch FROM absolute_until - now())::int AS seconds INTO session;
  INSERT INTO devices AS d (tenant_id, user_id, token_hash) VALUES (p_tenant, p_user, p_device)
    ON CONFLICT (tenant_id, user_id, token_hash) DO UPDATE SET last_seen_at = now()
    RETURNING d.created_at = now() AS is_new INTO device;
  SELECT * INTO head FROM lock_audit_head(p_tenant);
  RETURN json_build_object('session', session.id, 'maxAge', session.seconds, 'emergency', person.emergency,
    'phone', person.entitled AND person.extension IS NOT NULL AND phone_socket(p_tenant, p_user, person.extension) IS NOT NULL,
    'newDeviceFor', CASE WHEN device.is_new AND before IS NOT NULL THEN person.email END,
    'head', json_build_object('seq', head.seq, 'mac', encode(head.mac, 'base64'),
      'at', floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint));
END $$;

CREATE FUNCTION public.complete_together(p_tenant uuid, p_users uuid[], p_people json) RETURNS json
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
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

CREATE FUNCTION public.complete_together(p_tenant uuid, p_users uuid[], p_people json, p_window integer, p_most integer) RETURNS json
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
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

CREATE FUNCTION public.count_users(p_tenants uuid[]) RETURNS TABLE(tenant_id uuid, active bigint, disabled bigint)
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
  t uuid;
BEGIN
  FOREACH t IN ARRAY p_tenants LOOP
    PERFORM set_config('app.tenant', t::text, true);
    RETURN QUERY SELECT t, count(*) FILTER (WHERE u.status = 'active'), count(*) FILTER (WHERE u.status <> 'active')
      FROM users u WHERE u.tenant_id = t;
  END LOOP;
END $$;

CREATE FUNCTION public.count_volume(p_key text, p_window integer, p_most integer, p_by integer) RETURNS integer
    LANGUAGE plpgsql
    AS $$
DECLARE
  r volume_limits%ROWTYPE;
BEGIN
  INSERT INTO volume_limits AS v (key, "window", count)
    VALUES (p_key, floor(extract(epoch FROM now()) / p_window) * p_window, greatest(p_by, 0))
    ON CONFLICT (key, "window") DO UPDATE SET count = greatest(v.count + p_by, 0)
    RETURNING * INTO r;
  RETURN CASE WHEN r.count > p_most THEN ceil(r."window" + p_window - extract(epoch FROM now()))::int END;
END $$;

CREATE FUNCTION public.count_volumes(p_counters json, p_by integer) RETURNS integer
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.delete_tenant_step(p_tenant uuid, p_rows integer) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $_$
DECLARE
  t text;
  gone integer;
BEGIN
  PERFORM FROM tenants WHERE id = p_tenant AND status = 'suspended' AND delete_after <= now() FOR UPDATE;
  IF NOT FOUND THEN RETURN NULL; END IF;
  PERFORM set_config('app.tenant', p_tenant::text, true);
  -- Users last: what hangs on them would go with them, in one long statement.
  FOR t IN SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
      WHERE c.relkind IN ('r', 'p') ORDER BY c.relname = 'users', c.relname LOOP
    EXECUTE format('DELETE FROM %I WHERE tenant_id = $1 AND ctid = ANY (ARRAY(SELECT ctid FROM %I WHERE tenant_id = $1 LIMIT $2))', t, t)
      USING p_tenant, p_rows;
    GET DIAGNOSTICS gone = ROW_COUNT;
    IF gone > 0 THEN RETURN false; END IF;
  END LOOP;
  DELETE FROM tenants WHERE id = p_tenant;
  RETURN true;
END $_$;

CREATE FUNCTION public.end_all_sessions(p_tenant uuid) RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
  ended integer;
BEGIN
  DELETE FROM sessions WHERE tenant_id = p_tenant;
  GET DIAGNOSTICS ended = ROW_COUNT;
  DELETE FROM attempts WHERE tenant_id = p_tenant;
  DELETE FROM sso_flows WHERE tenant_id = p_tenant;
  RETURN ended;
END $$;

CREATE FUNCTION public.find_operator_session(p_token_hash bytea, p_slide boolean) RETURNS json
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
DECLARE
  s operator_sessions%ROWTYPE;
  o operators%ROWTYPE;
  why text;
  idle_left interval;
BEGIN
  SELECT * INTO s FROM operator_sessions WHERE token_hash = p_token_hash;
  IF s.id IS NULL THEN RETURN json_build_object('why', 'ended'); END IF;
  SELECT * INTO o FROM operators WHERE id = s.operator_id;
  idle_left := s.last_seen_at + interval '31 minutes' - now();
  why := CASE
    WHEN o.status <> 'active' THEN 'ended'
    WHEN s.absolute_until <= now() THEN 'absolute'
    WHEN idle_left <= interval '0' THEN 'idle'
  END;
  IF why IS NOT NULL THEN RETURN json_build_object('why', why); END IF;
  IF p_slide AND s.last_seen_at < now() - interval '60 seconds' THEN
    UPDATE operator_sessions SET last_seen_at = now()
      WHERE id = (SELECT id FROM operator_sessions WHERE id = s.id FOR NO KEY UPDATE SKIP LOCKED);
    IF FOUND THEN idle_left := interval '31 minutes'; END IF;
  END IF;
  RETURN json_build_object(
    'session', json_build_object('id', s.id, 'createdAt', s.created_at,
      'msLeft', floor(extract(epoch FROM least(idle_left, s.absolute_until - now())) * 1000)),
    'operator', json_build_object('id', o.id, 'username', o.username, 'firstName', o.first_name, 'lastName', o.last_name,
      'locale', o.locale, 'timeZone', o.time_zone));
END $$;

CREATE FUNCTION public.find_session(p_slug text, p_domain text, p_token_hash bytea, p_slide boolean, p_address text DEFAULT NULL::text) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
DECLARE
  t tenants%ROWTYPE;
  p policies%ROWTYPE;
  s sessions%ROWTYPE;
  u users%ROWTYPE;
  b branding%ROWTYPE;
  why text;
  left_over interval;
  socket text;
BEGIN
  IF p_slug IS NOT NULL THEN
    SELECT * INTO t FROM tenants WHERE slug = p_slug;
  ELSE
    SELECT * INTO t FROM tenants WHERE domain = p_domain;
  END IF;
  IF t.id IS NULL THEN RETURN NULL; END IF;
  PERFORM set_config('app.tenant', t.id::text, true);
  SELECT * INTO p FROM policies WHERE tenant_id = t.id;
  SELECT * INTO b FROM branding WHERE tenant_id = t.id;
  -- Without single sign-on there is nothing that could stand instead of a password.
  p.password_hidden := p.password_hidden AND 'single-sign-on' = ANY (t.entitlements);

  IF p_token_hash IS NOT NULL AND t.status = 'active' THEN
    SELECT * INTO s FROM sessions WHERE tenant_id = t.id AND token_hash = p_token_hash;
    IF s.id IS NULL THEN
      why := 'ended';
    ELSE
      SELECT * INTO u FROM users WHERE tenant_id = t.id AND id = s.user_id;
      why := session_bar(p, s, u, p_address);
      IF why IS NULL THEN
        IF p_slide AND s.last_seen_at < now() - interval '60 seconds' THEN
          PERFORM set_config('synchronous_commit', 'off', true);
          UPDATE sessions SET last_seen_at = now()
            WHERE tenant_id = t.id
              AND id = (SELECT id FROM sessions WHERE tenant_id = t.id AND id = s.id FOR NO KEY UPDATE SKIP LOCKED);
          IF FOUND THEN s.last_seen_at := now(); END IF;
        END IF;
        left_over := least(idle_until(p, s), s.absolute_until, s.created_at + make_interval(mins => p.absolute_minutes)) - now();
        IF u.extension IS NOT NULL AND 'phone' = ANY (t.entitlements) THEN
          socket := phone_socket(t.id, u.id, u.extension);
        END IF;
      END IF;
    END IF;
  END IF;

  RETURN json_build_object(
    'tenant', json_build_object('id', t.id, 'slug', t.slug, 'accountId', t.account_id, 'name', t.name, 'domain', t.domain,
      'status', t.status, 'locale', t.locale, 'timeZone', t.time_zone, 'entitlements', t.entitlements),
    'brand', CASE WHEN b.tenant_id IS NOT NULL THEN json_build_object('nameEn', b.name_en, 'nameFr', b.name_fr,
      'supportEn', b.support_en, 'supportFr', b.support_fr, 'noteEn', b.note_en, 'noteFr', b.note_fr, 'colour', b.colour,
      'logoVersion', b.logo_version, 'logoWidth', b.logo_width, 'logoHeight', b.logo_height) END,
    'policy', json_build_object('secondFactor', second_factor_today(p),
      'secondFactorFrom', CASE WHEN p.second_factor = 'required' AND p.second_factor_from > now() THEN p.second_factor_from END,
      'rememberDevices', p.remember_devices, 'resetStyle', p.reset_style,
      'ssoSecondFactor', p.sso_second_factor, 'passwordHidden', p.password_hidden,
      'passwordMinLength', p.password_min_length, 'passwordHistory', p.password_history,
      'lockTries', p.lock_tries, 'lockMinutes', p.lock_minutes, 'networks', p.networks,
      'idleMinutes', p.idle_minutes, 'absoluteMinutes', p.absolute_minutes, 'callGraceMinutes', p.call_grace_minutes),
    'why', why,
    'phone', CASE WHEN socket IS NOT NULL THEN json_build_object('socket', socket) END,
    'session', CASE WHEN s.id IS NOT NULL AND why IS NULL THEN json_build_object('id', s.id, 'factor', s.factor,
      'connectionId', s.connection_id, 'createdAt', s.created_at,
      'msLeft', floor(extract(epoch FROM left_over) * 1000)) END,
    'user', CASE WHEN s.id IS NOT NULL AND why IS NULL THEN json_build_object('id', u.id, 'username', u.username,
      'extension', u.extension, 'firstName', u.first_name, 'lastName', u.last_name, 'email', u.email, 'role', u.role,
      'emergency', u.emergency, 'locale', u.locale, 'timeZone', u.time_zone) END);
END $$;

CREATE FUNCTION public.forget_phone_account() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  DELETE FROM phone_accounts WHERE tenant_id = NEW.tenant_id AND user_id = NEW.id;
  RETURN NULL;
END $$;

CREATE FUNCTION public.forget_user() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
  named text := coalesce(current_setting('app.tenant', true), '');
BEGIN
  PERFORM set_config('app.tenant', OLD.tenant_id::text, true);
  DELETE FROM user_words WHERE tenant_id = OLD.tenant_id AND user_id = OLD.id;
  DELETE FROM invitations WHERE tenant_id = OLD.tenant_id AND user_id = OLD.id;
  DELETE FROM last_sign_ins WHERE tenant_id = OLD.tenant_id AND user_id = OLD.id;
  PERFORM leave_email_key(OLD.tenant_id, OLD.email_key);
  PERFORM set_config('app.tenant', named, true);
  RETURN NULL;
END $$;

CREATE FUNCTION public.home_overview(p_tenant uuid, p_user uuid) RETURNS json
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
DECLARE
  mail text;
  seen last_sign_ins%ROWTYPE;
  has_factor boolean;
  codes integer := 0;
BEGIN
  PERFORM set_config('app.tenant', p_tenant::text, true);
  SELECT email INTO mail FROM users WHERE tenant_id = p_tenant AND id = p_user;
  IF NOT FOUND THEN RETURN NULL; END IF;
  SELECT * INTO seen FROM last_sign_ins WHERE tenant_id = p_tenant AND user_id = p_user;
  has_factor := EXISTS (SELECT FROM totp_secrets WHERE tenant_id = p_tenant AND user_id = p_user);
  IF has_factor THEN
    SELECT count(*) INTO codes FROM recovery_codes WHERE tenant_id = p_tenant AND user_id = p_user AND used_at IS NULL;
  END IF;
  RETURN json_build_object('at', seen.previous_at, 'address', seen.previous_address,
    'hasEmail', mail IS NOT NULL, 'secondFactor', has_factor, 'codesLeft', codes);
END $$;

CREATE TABLE public.policies (
    tenant_id uuid NOT NULL,
    second_factor text DEFAULT 'optional'::text NOT NULL,
    reset_style text DEFAULT 'link'::text NOT NULL,
    password_min_length integer DEFAULT 8 NOT NULL,
    idle_minutes integer DEFAULT 240 NOT NULL,
    absolute_minutes integer DEFAULT 1440 NOT NULL,
    sso_second_factor text DEFAULT 'when-missing'::text NOT NULL,
    password_hidden boolean DEFAULT false NOT NULL,
    second_factor_from timestamp with time zone,
    remember_devices boolean DEFAULT false NOT NULL,
    password_history integer DEFAULT 0 NOT NULL,
    lock_tries integer DEFAULT 5 NOT NULL,
    lock_minutes integer DEFAULT 15 NOT NULL,
    networks text[] DEFAULT '{}'::text[] NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    call_grace_minutes integer DEFAULT 240 NOT NULL,
    CONSTRAINT policies_bounds CHECK ((((password_min_length >= 8) AND (password_min_length <= 64)) AND ((idle_minutes >= 5) AND (idle_minutes <= 1440)) AND ((absolute_minutes >= 60) AND (absolute_minutes <= 10080)))),
    CONSTRAINT policies_call_grace CHECK (((call_grace_minutes >= 15) AND (call_grace_minutes <= 240))),
    CONSTRAINT policies_more_bounds CHECK ((((password_history >= 0) AND (password_history <= 10)) AND ((lock_tries >= 3) AND (lock_tries <= 10)) AND ((lock_minutes >= 5) AND (lock_minutes <= 60)) AND (cardinality(networks) <= 50))),
    CONSTRAINT policies_networks CHECK (((networks)::cidr[] IS NOT NULL))
);

ALTER TABLE ONLY public.policies FORCE ROW LEVEL SECURITY;

CREATE TABLE public.sessions (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    token_hash bytea NOT NULL,
    user_id uuid NOT NULL,
    factor text,
    address text NOT NULL,
    user_agent text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_seen_at timestamp with time zone DEFAULT now() NOT NULL,
    absolute_until timestamp with time zone NOT NULL,
    connection_id uuid,
    sso_subject text,
    sso_index text,
    sealed_hint text,
    busy_at timestamp with time zone,
    proved_at timestamp with time zone DEFAULT now(),
    CONSTRAINT sessions_token_form CHECK ((length(token_hash) = 32))
);

ALTER TABLE ONLY public.sessions FORCE ROW LEVEL SECURITY;

CREATE FUNCTION public.idle_until(p public.policies, s public.sessions) RETURNS timestamp with time zone
    LANGUAGE sql STABLE
    AS $$
  SELECT least(greatest(s.last_seen_at, s.busy_at) + make_interval(mins => p.idle_minutes),
    s.last_seen_at + make_interval(mins => greatest(p.idle_minutes, p.call_grace_minutes))) + interval '60 seconds'
$$;

CREATE FUNCTION public.leave_email_key(p_tenant uuid, p_key text) RETURNS void
    LANGUAGE sql
    SET search_path TO 'public', 'pg_temp'
    AS $$
  UPDATE email_holders SET holders = holders - 1 WHERE tenant_id = p_tenant AND email_key = p_key;
  DELETE FROM email_holders WHERE tenant_id = p_tenant AND email_key = p_key AND holders = 0
$$;

CREATE FUNCTION public.lock_audit_head(p_tenant uuid) RETURNS TABLE(seq bigint, mac bytea)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  RETURN QUERY SELECT h.seq, h.mac FROM audit_heads h WHERE h.tenant_id = p_tenant FOR UPDATE;
  IF NOT FOUND THEN
    INSERT INTO audit_heads (tenant_id, seq, mac) VALUES (p_tenant, 0, decode(repeat('00', 32), 'hex')) ON CONFLICT DO NOTHING;
    RETURN QUERY SELECT h.seq, h.mac FROM audit_heads h WHERE h.tenant_id = p_tenant FOR UPDATE;
  END IF;
END $$;

CREATE FUNCTION public.next_user_version() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  NEW.version := OLD.version + 1;
  RETURN NEW;
END $$;

CREATE FUNCTION public.note_busy(p_tenant uuid, p_session uuid) RETURNS double precision
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
  p policies%ROWTYPE;
  s sessions%ROWTYPE;
BEGIN
  PERFORM set_config('app.tenant', p_tenant::text, true);
  PERFORM set_config('synchronous_commit', 'off', true);
  SELECT * INTO p FROM policies WHERE tenant_id = p_tenant;
  UPDATE sessions SET busy_at = now() WHERE tenant_id = p_tenant AND id = p_session RETURNING * INTO s;
  IF s.id IS NULL THEN RETURN NULL; END IF;
  RETURN floor(extract(epoch FROM least(idle_until(p, s), s.absolute_until, s.created_at + make_interval(mins => p.absolute_minutes)) - now()) * 1000);
END $$;

CREATE FUNCTION public.note_email_key() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    PERFORM leave_email_key(OLD.tenant_id, OLD.email_key);
  END IF;
  PERFORM take_email_key(NEW.tenant_id, NEW.email_key);
  RETURN NULL;
END $$;

CREATE FUNCTION public.note_enrolment() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  UPDATE users SET enrolled = TG_OP = 'INSERT'
    WHERE tenant_id = coalesce(NEW.tenant_id, OLD.tenant_id) AND id = coalesce(NEW.user_id, OLD.user_id);
  RETURN NULL;
END $$;

CREATE FUNCTION public.note_last_sign_in() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  INSERT INTO last_sign_ins (tenant_id, user_id) VALUES (NEW.tenant_id, NEW.id);
  RETURN NULL;
END $$;

CREATE FUNCTION public.note_password() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  UPDATE users u SET waiting = TG_OP = 'DELETE' AND NOT EXISTS (SELECT FROM last_sign_ins s
      WHERE s.tenant_id = u.tenant_id AND s.user_id = u.id AND s.at > '-infinity')
    WHERE u.tenant_id = coalesce(NEW.tenant_id, OLD.tenant_id) AND u.id = coalesce(NEW.user_id, OLD.user_id)
      AND (u.waiting OR TG_OP = 'DELETE');
  RETURN NULL;
END $$;

CREATE FUNCTION public.note_tenant_export(p_tenant uuid, p_begun timestamp with time zone) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  UPDATE tenants SET exported_at = clock_timestamp() WHERE id = p_tenant AND suspended_at < p_begun AND p_begun <= clock_timestamp()
$$;

CREATE FUNCTION public.note_user_words() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    DELETE FROM user_words WHERE tenant_id = NEW.tenant_id AND user_id = NEW.id;
  END IF;
  INSERT INTO user_words (tenant_id, word, user_id, in_directory)
    SELECT NEW.tenant_id, w, NEW.id, w IN (SELECT words_of_user('', NEW.extension, NEW.first_name, NEW.last_name, ''))
    FROM words_of_user(NEW.username, NEW.extension, NEW.first_name, NEW.last_name, NEW.email) AS w;
  RETURN NULL;
END $$;

CREATE FUNCTION public.open_session(p_tenant uuid, p_user uuid, p_token bytea, p_factor text, p_address text, p_agent text, p_device bytea, p_connection uuid, p_subject text, p_index text, p_hint text) RETURNS json
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.order_tenant_deletion(p_tenant uuid) RETURNS timestamp with time zone
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  UPDATE tenants SET delete_after = coalesce(delete_after, now() + interval '30 days')
    WHERE id = p_tenant AND status = 'suspended' AND exported_at > suspended_at RETURNING delete_after
$$;

CREATE FUNCTION public.phone_socket(p_tenant uuid, p_user uuid, p_extension text) RETURNS text
    LANGUAGE sql STABLE
    AS $$
  SELECT f.socket FROM phone_settings f
  WHERE f.tenant_id = p_tenant AND (f.way = 'ephemeral' OR EXISTS (SELECT FROM phone_accounts a
    WHERE a.tenant_id = p_tenant AND a.user_id = p_user AND a.extension = p_extension AND a.domain = f.domain))
$$;

CREATE FUNCTION public.preview_policy(p_tenant uuid, p_change jsonb, p_user uuid, p_session uuid, p_address text) RETURNS json
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
  old policies%ROWTYPE;
  new policies%ROWTYPE;
  answer json;
BEGIN
  PERFORM set_config('app.tenant', p_tenant::text, true);
  SELECT * INTO old FROM policies WHERE tenant_id = p_tenant;
  old.password_hidden := old.password_hidden AND EXISTS (SELECT FROM tenants t WHERE t.id = p_tenant AND 'single-sign-on' = ANY (t.entitlements));
  new := jsonb_populate_record(old, p_change);
  WITH people AS (
    SELECT u.id, u.role, u.email, u.emergency,
      (SELECT i.address FROM last_sign_ins i WHERE i.tenant_id = p_tenant AND i.user_id = u.id) AS last,
      EXISTS (SELECT FROM totp_secrets f WHERE f.tenant_id = p_tenant AND f.user_id = u.id) AS has_factor
    FROM users u WHERE u.tenant_id = p_tenant AND u.status = 'active'
  ), live AS (
    SELECT s.user_id, s.id = p_session AS own, CASE WHEN s.id = p_session THEN p_address ELSE s.address END AS address,
      session_bar(new, s, u, CASE WHEN s.id = p_session THEN p_address ELSE s.address END) AS bar
    FROM sessions s JOIN users u ON u.tenant_id = s.tenant_id AND u.id = s.user_id
    WHERE s.tenant_id = p_tenant AND session_bar(old, s, u, CASE WHEN s.id = p_session THEN p_address ELSE s.address END) IS NULL
  ), placed AS (
    SELECT q.*, q.emergency AND q.has_factor
      OR CASE WHEN q.id = p_user THEN address_allowed(new.networks, p_address)
        ELSE coalesce((SELECT bool_or(address_allowed(new.networks, l.address)) FROM live l WHERE l.user_id = q.id),
          q.last IS NULL OR address_allowed(new.networks, q.last)) END AS inside
    FROM people q
  )
  SELECT json_build_object(
    'people', (SELECT count(*) FROM people),
    'withoutSecondFactor', (SELECT count(*) FROM people WHERE NOT has_factor),
    'withSecondFactor', (SELECT count(*) FROM people WHERE has_factor),
    'withoutEmail', (SELECT count(*) FROM people WHERE email IS NULL),
    'signedOut', (SELECT count(DISTINCT user_id) FROM live WHERE bar IS NOT NULL),
    'youSignedOut', EXISTS (SELECT FROM live WHERE own AND bar IS NOT NULL),
    'outside', (SELECT count(*) FROM placed WHERE NOT inside),
    'youOutside', EXISTS (SELECT FROM placed WHERE id = p_user AND NOT inside),
    'administrators', (SELECT count(*) FROM placed WHERE role = 'administrator'),
    'administratorsInside', (SELECT count(*) FROM placed WHERE role = 'administrator' AND inside),
    'remembered', (SELECT count(*) FROM devices d WHERE d.tenant_id = p_tenant AND d.remembered_until > now() AND old.remember_devices))
  INTO answer;
  RETURN answer;
END $$;

CREATE FUNCTION public.purge_audit(p_tenant uuid, p_most integer) RETURNS TABLE(seq bigint, mac bytea, at timestamp with time zone, removed integer)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
  head audit_heads%ROWTYPE;
  young bigint;
  last bigint;
BEGIN
  PERFORM set_config('app.tenant', p_tenant::text, true);
  SELECT h.* INTO head FROM audit_heads h WHERE h.tenant_id = p_tenant FOR UPDATE;
  IF NOT FOUND THEN RETURN; END IF;
  SELECT min(e.seq) FILTER (WHERE e.at >= now() - interval '400 days'), max(e.seq) INTO young, last FROM (
    SELECT o.seq, o.at FROM audit_events o WHERE o.tenant_id = p_tenant AND o.seq > head.base_seq ORDER BY o.seq LIMIT p_most) e;
  last := coalesce(young - 1, last);
  IF last IS NULL OR last <= head.base_seq THEN RETURN; END IF;
  UPDATE audit_heads h SET base_seq = e.seq, base_mac = e.mac FROM audit_events e
    WHERE h.tenant_id = p_tenant AND e.tenant_id = p_tenant AND e.seq = last;
  RETURN QUERY SELECT e.seq, e.mac, e.at, (e.seq - head.base_seq)::int FROM audit_events e WHERE e.tenant_id = p_tenant AND e.seq = last;
  DELETE FROM audit_events e WHERE e.tenant_id = p_tenant AND e.seq <= last;
END $$;

CREATE FUNCTION public.purge_expired(t uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
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

CREATE FUNCTION public.purge_operators() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  DELETE FROM operator_sessions WHERE absolute_until < now() OR last_seen_at < now() - interval '1 day';
  DELETE FROM operator_attempts WHERE expires_at < now();
  DELETE FROM operator_devices WHERE last_seen_at < now() - interval '180 days';
  UPDATE operators SET sealed_new_codes = NULL, new_codes_at = NULL WHERE new_codes_at < now() - interval '10 minutes';
END $$;

CREATE FUNCTION public.purge_people(t uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  PERFORM set_config('app.tenant', t::text, true);
  DELETE FROM invitations WHERE tenant_id = t AND coalesce(sent_at, created_at) < now() - interval '30 days';
  DELETE FROM imports WHERE tenant_id = t AND created_at < now() - interval '30 days';
  DELETE FROM bulk_changes WHERE tenant_id = t AND created_at < now() - interval '30 days';
END $$;

CREATE FUNCTION public.purge_phone_calls(t uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  PERFORM set_config('app.tenant', t::text, true);
  DELETE FROM phone_calls WHERE tenant_id = t AND started_at < now() - interval '90 days';
END $$;

CREATE FUNCTION public.resume_tenant(p_tenant uuid) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  UPDATE tenants SET status = 'active', suspended_at = NULL WHERE id = p_tenant AND delete_after IS NULL
$$;

CREATE FUNCTION public.search_form(p text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
  SELECT regexp_replace(normalize(lower(p), NFKD), U&'[\0300-\036F]', '', 'g')
$$;

CREATE FUNCTION public.second_factor_today(p public.policies) RETURNS text
    LANGUAGE sql STABLE
    AS $$
  SELECT CASE WHEN p.second_factor = 'required' AND p.second_factor_from > now() THEN 'optional' ELSE p.second_factor END
$$;

CREATE TABLE public.users (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    username text NOT NULL,
    extension text,
    first_name text NOT NULL,
    last_name text NOT NULL,
    email text,
    role text DEFAULT 'agent'::text NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    locale text,
    time_zone text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    emergency boolean DEFAULT false NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    second_factor_required boolean DEFAULT false NOT NULL,
    sort_name text GENERATED ALWAYS AS (public.search_form(((last_name || ' '::text) || first_name))) STORED NOT NULL COLLATE pg_catalog."C",
    sort_extension bigint GENERATED ALWAYS AS (COALESCE((extension)::bigint, '99999999999'::bigint)) STORED NOT NULL,
    email_key text GENERATED ALWAYS AS (lower((email COLLATE "C"))) STORED COLLATE pg_catalog."C",
    waiting boolean DEFAULT true NOT NULL,
    enrolled boolean DEFAULT false NOT NULL,
    CONSTRAINT users_email_form CHECK (((length(email) <= 254) AND (email ~ '^[^@[:space:]]+@[^@[:space:]]+$'::text))),
    CONSTRAINT users_extension_form CHECK ((extension ~ '^[0-9]{2,10}$'::text)),
    CONSTRAINT users_username_form CHECK ((username ~ '^[a-z][a-z0-9._@+-]{1,63}$'::text))
);

ALTER TABLE ONLY public.users FORCE ROW LEVEL SECURITY;

CREATE FUNCTION public.session_bar(p public.policies, s public.sessions, u public.users, p_address text) RETURNS text
    LANGUAGE sql STABLE
    AS $$
  SELECT CASE
    WHEN u.id IS NULL OR u.status <> 'active' THEN 'ended'
    WHEN least(s.absolute_until, s.created_at + make_interval(mins => p.absolute_minutes)) <= now() THEN 'absolute'
    WHEN idle_until(p, s) <= now() THEN 'idle'
    WHEN p.password_hidden AND s.connection_id IS NULL AND NOT u.emergency THEN 'single-sign-on'
    WHEN p.password_hidden AND s.connection_id IS NULL AND coalesce(s.factor, 'device') = 'device' THEN 'second-factor'
    WHEN second_factor_today(p) = 'required' AND CASE
      WHEN s.connection_id IS NULL THEN s.factor IS NULL
      WHEN p.sso_second_factor = 'when-missing' THEN s.factor IS NULL
      ELSE p.sso_second_factor = 'always' AND coalesce(s.factor, 'provider') = 'provider' END THEN 'second-factor'
    WHEN cardinality(p.networks) > 0 AND NOT (u.emergency AND coalesce(s.factor, '') IN ('totp', 'recovery-code'))
      AND NOT address_allowed(p.networks, p_address) THEN 'network'
  END
$$;

CREATE FUNCTION public.suspend_tenant(p_tenant uuid) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  UPDATE tenants SET status = 'suspended', suspended_at = clock_timestamp(), exported_at = NULL
    WHERE id = p_tenant AND status = 'active'
$$;

CREATE FUNCTION public.take_email_key(p_tenant uuid, p_key text) RETURNS void
    LANGUAGE sql
    SET search_path TO 'public', 'pg_temp'
    AS $$
  INSERT INTO email_holders AS e (tenant_id, email_key) SELECT p_tenant, p_key WHERE p_key IS NOT NULL
    ON CONFLICT (tenant_id, email_key) DO UPDATE SET holders = e.holders + 1
$$;

CREATE FUNCTION public.take_try(p_tenant uuid, p_kind text, p_key bytea, p_user uuid) RETURNS json
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.tenant_activity(p_tenant uuid, p_starts timestamp with time zone[]) RETURNS TABLE(day integer, sign_ins bigint, second_factor bigint, failures bigint)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  PERFORM set_config('app.tenant', p_tenant::text, true);
  RETURN QUERY
    SELECT width_bucket(e.at, p_starts),
      count(*) FILTER (WHERE e.event = 'authn_login_success'),
      count(*) FILTER (WHERE e.event = 'authn_login_success' AND e.detail->>'factor' IN ('totp', 'recovery-code')),
      count(*) FILTER (WHERE e.event <> 'authn_login_success')
    FROM audit_events e
    WHERE e.tenant_id = p_tenant AND e.at >= p_starts[1]
      AND e.event IN ('authn_login_success', 'authn_login_fail', 'authn_login_code_fail', 'authn_sso_fail')
    GROUP BY 1;
END $$;

CREATE FUNCTION public.unfinished_work() RETURNS TABLE(tenant_id uuid, task text, id uuid)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
  t uuid;
BEGIN
  FOR t IN SELECT tenants.id FROM tenants WHERE status = 'active' LOOP
    PERFORM set_config('app.tenant', t::text, true);
    RETURN QUERY SELECT b.tenant_id, 'bulk', b.id FROM bulk_changes b WHERE b.tenant_id = t AND b.state = 'running';
    RETURN QUERY SELECT i.tenant_id, 'import', i.id FROM imports i WHERE i.tenant_id = t AND i.state = 'applying';
  END LOOP;
END $$;

CREATE FUNCTION public.use_password(p_tenant uuid, p_user uuid, p_changed_at timestamp with time zone, p_budget bytea, p_counters json) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
BEGIN
  PERFORM count_volumes(p_counters, -1);
  DELETE FROM throttles WHERE tenant_id = p_tenant AND kind = 'password' AND key_digest = ANY (cleared_by(p_budget));
  PERFORM FROM passwords WHERE tenant_id = p_tenant AND user_id = p_user AND changed_at = p_changed_at FOR SHARE;
  RETURN FOUND;
END $$;

CREATE FUNCTION public.use_password(p_tenant uuid, p_user uuid, p_changed_at timestamp with time zone, p_budget bytea, p_volume_key text, p_window integer, p_most integer) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
BEGIN
  IF p_volume_key IS NOT NULL THEN PERFORM count_volume(p_volume_key, p_window, p_most, -1); END IF;
  DELETE FROM throttles WHERE tenant_id = p_tenant AND kind = 'password' AND key_digest = p_budget;
  PERFORM FROM passwords WHERE tenant_id = p_tenant AND user_id = p_user AND changed_at = p_changed_at FOR SHARE;
  RETURN FOUND;
END $$;

CREATE FUNCTION public.words_of_user(p_username text, p_extension text, p_first text, p_last text, p_email text) RETURNS SETOF text
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
  SELECT DISTINCT left(w, 254) FROM (
    SELECT regexp_split_to_table(search_form(p_first || ' ' || p_last), '\s+') AS w
    UNION ALL SELECT regexp_split_to_table(search_form(p_first || ' ' || p_last), U&'[\0020\00a0.\0027\2019-]+')
    UNION ALL VALUES (p_username), (p_extension), (search_form(p_email))) AS every
  WHERE w <> ''
$$;

CREATE TABLE drizzle.__drizzle_migrations (
    id integer NOT NULL,
    hash text NOT NULL,
    created_at bigint
);

CREATE SEQUENCE drizzle.__drizzle_migrations_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE drizzle.__drizzle_migrations_id_seq OWNED BY drizzle.__drizzle_migrations.id;

CREATE TABLE public.attempts (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    token_hash bytea NOT NULL,
    user_id uuid NOT NULL,
    password_at timestamp with time zone,
    second_factor_at timestamp with time zone,
    factor text,
    new_password_required text,
    sealed_secret text,
    secret_at timestamp with time zone,
    return_to text,
    handoff_hash bytea,
    handoff_until timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    connection_id uuid,
    sso_subject text,
    sso_index text,
    sealed_hint text,
    CONSTRAINT attempts_token_form CHECK ((length(token_hash) = 32))
);

ALTER TABLE ONLY public.attempts FORCE ROW LEVEL SECURITY;

CREATE TABLE public.audit_checks (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    state text NOT NULL,
    started_by uuid,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    from_seq bigint NOT NULL,
    seq bigint NOT NULL,
    mac bytea NOT NULL,
    attested boolean NOT NULL,
    until_seq bigint NOT NULL,
    bad bigint DEFAULT 0 NOT NULL,
    bad_seqs bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    cut_at bigint,
    proved_seq bigint,
    CONSTRAINT audit_checks_state_check CHECK ((state = ANY (ARRAY['running'::text, 'holds'::text, 'broken'::text, 'cut'::text])))
);

ALTER TABLE ONLY public.audit_checks FORCE ROW LEVEL SECURITY;

CREATE TABLE public.audit_events (
    tenant_id uuid NOT NULL,
    seq bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    event text NOT NULL,
    actor_id uuid,
    subject_id uuid,
    address text NOT NULL,
    request_id text NOT NULL,
    detail jsonb NOT NULL,
    key_id text NOT NULL,
    previous_mac bytea NOT NULL,
    mac bytea NOT NULL
);

ALTER TABLE ONLY public.audit_events FORCE ROW LEVEL SECURITY;

CREATE TABLE public.audit_heads (
    tenant_id uuid NOT NULL,
    seq bigint NOT NULL,
    mac bytea NOT NULL,
    base_seq bigint DEFAULT 0 NOT NULL,
    base_mac bytea DEFAULT decode(repeat('00'::text, 32), 'hex'::text) NOT NULL
);

ALTER TABLE ONLY public.audit_heads FORCE ROW LEVEL SECURITY;

CREATE TABLE public.brand_logos (
    tenant_id uuid NOT NULL,
    version text NOT NULL,
    png bytea NOT NULL,
    CONSTRAINT brand_logos_size CHECK ((octet_length(png) <= 262144))
);

ALTER TABLE ONLY public.brand_logos FORCE ROW LEVEL SECURITY;

CREATE TABLE public.branding (
    tenant_id uuid NOT NULL,
    name_en text,
    name_fr text,
    support_en text,
    support_fr text,
    note_en text,
    note_fr text,
    colour text,
    logo_version text,
    logo_width integer,
    logo_height integer,
    CONSTRAINT branding_colour CHECK ((colour ~ '^#[0-9a-f]{6}$'::text)),
    CONSTRAINT branding_logo CHECK ((((logo_version IS NULL) = (logo_width IS NULL)) AND ((logo_version IS NULL) = (logo_height IS NULL)))),
    CONSTRAINT branding_sizes CHECK (((length(name_en) <= 60) AND (length(name_fr) <= 60) AND (length(support_en) <= 200) AND (length(support_fr) <= 200) AND (length(note_en) <= 300) AND (length(note_fr) <= 300)))
);

ALTER TABLE ONLY public.branding FORCE ROW LEVEL SECURITY;

CREATE TABLE public.bulk_changes (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    by_user uuid NOT NULL,
    action text NOT NULL,
    user_ids uuid[] NOT NULL,
    cause jsonb NOT NULL,
    state text DEFAULT 'asked'::text NOT NULL,
    done integer DEFAULT 0 NOT NULL,
    refused jsonb DEFAULT '[]'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    failure text,
    CONSTRAINT bulk_changes_action_check CHECK ((action = ANY (ARRAY['disable'::text, 'end-sessions'::text, 'require-second-factor'::text, 'invite'::text, 'slips'::text]))),
    CONSTRAINT bulk_changes_state_check CHECK ((state = ANY (ARRAY['asked'::text, 'running'::text, 'done'::text, 'stopped'::text])))
);

ALTER TABLE ONLY public.bulk_changes FORCE ROW LEVEL SECURITY;

CREATE TABLE public.client_warnings (
    setting text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    address text NOT NULL,
    passed_over integer NOT NULL
);

CREATE TABLE public.devices (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_seen_at timestamp with time zone DEFAULT now() NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    remembered_until timestamp with time zone,
    address text,
    user_agent text
);

ALTER TABLE ONLY public.devices FORCE ROW LEVEL SECURITY;

CREATE TABLE public.earlier_passwords (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    hash text NOT NULL
);

ALTER TABLE ONLY public.earlier_passwords FORCE ROW LEVEL SECURITY;

CREATE TABLE public.email_changes (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    email text NOT NULL,
    nonce bytea NOT NULL,
    key_id text NOT NULL,
    token_hash bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.email_changes FORCE ROW LEVEL SECURITY;

CREATE TABLE public.email_holders (
    tenant_id uuid NOT NULL,
    email_key text NOT NULL COLLATE pg_catalog."C",
    holders integer DEFAULT 1 NOT NULL
);

ALTER TABLE ONLY public.email_holders FORCE ROW LEVEL SECURITY;

CREATE TABLE public.enrolments (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    sealed_secret text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    session_id uuid
);

ALTER TABLE ONLY public.enrolments FORCE ROW LEVEL SECURITY;

CREATE TABLE public.import_lines (
    tenant_id uuid NOT NULL,
    import_id uuid NOT NULL,
    line integer NOT NULL,
    cells jsonb NOT NULL,
    verdict text,
    reasons text[] DEFAULT '{}'::text[] NOT NULL,
    person jsonb,
    user_id uuid,
    user_version integer,
    CONSTRAINT import_lines_verdict_check CHECK ((verdict = ANY (ARRAY['create'::text, 'change'::text, 'same'::text, 'refused'::text])))
);

ALTER TABLE ONLY public.import_lines FORCE ROW LEVEL SECURITY;

CREATE TABLE public.imports (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    by_user uuid,
    file_name text NOT NULL,
    digest bytea NOT NULL,
    header jsonb NOT NULL,
    mapping jsonb,
    invite boolean DEFAULT false NOT NULL,
    without_refused boolean DEFAULT false NOT NULL,
    cause jsonb,
    state text DEFAULT 'uploaded'::text NOT NULL,
    failure text,
    total integer NOT NULL,
    done integer DEFAULT 0 NOT NULL,
    counts jsonb,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT imports_state_check CHECK ((state = ANY (ARRAY['uploaded'::text, 'planned'::text, 'applying'::text, 'applied'::text, 'failed'::text])))
);

ALTER TABLE ONLY public.imports FORCE ROW LEVEL SECURITY;

CREATE TABLE public.invitations (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    way text NOT NULL,
    nonce bytea NOT NULL,
    key_id text NOT NULL,
    token_hash bytea NOT NULL,
    code_hash bytea,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    sent_at timestamp with time zone,
    CONSTRAINT invitations_way_check CHECK ((way = ANY (ARRAY['mail'::text, 'slip'::text])))
);

ALTER TABLE ONLY public.invitations FORCE ROW LEVEL SECURITY;

CREATE TABLE public.key_checks (
    key_id text NOT NULL,
    check_value bytea NOT NULL,
    first_used_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT key_checks_check_value_check CHECK ((octet_length(check_value) = 32)),
    CONSTRAINT key_checks_key_id_check CHECK ((key_id ~ '^[A-Za-z0-9]{1,16}$'::text))
);

CREATE TABLE public.last_sign_ins (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    address text,
    previous_at timestamp with time zone,
    previous_address text
);

ALTER TABLE ONLY public.last_sign_ins FORCE ROW LEVEL SECURITY;

CREATE TABLE public.operator_attempts (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    token_hash bytea NOT NULL,
    operator_id uuid NOT NULL,
    second_factor_at timestamp with time zone,
    sealed_secret text,
    secret_at timestamp with time zone,
    return_to text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    factor text,
    CONSTRAINT operator_attempts_factor_check CHECK ((factor = ANY (ARRAY['totp'::text, 'recovery-code'::text]))),
    CONSTRAINT operator_attempts_token_form CHECK ((length(token_hash) = 32))
);

CREATE TABLE public.operator_devices (
    operator_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    last_seen_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.operator_recovery_codes (
    operator_id uuid NOT NULL,
    code_digest bytea NOT NULL,
    used_at timestamp with time zone,
    key_id text,
    CONSTRAINT operator_recovery_codes_digest_form CHECK ((length(code_digest) = 32))
);

CREATE TABLE public.operator_sessions (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    token_hash bytea NOT NULL,
    operator_id uuid NOT NULL,
    address text NOT NULL,
    user_agent text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_seen_at timestamp with time zone DEFAULT now() NOT NULL,
    absolute_until timestamp with time zone NOT NULL,
    proved_at timestamp with time zone DEFAULT now(),
    CONSTRAINT operator_sessions_token_form CHECK ((length(token_hash) = 32))
);

CREATE TABLE public.operators (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    username text NOT NULL,
    first_name text NOT NULL,
    last_name text NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    password_hash text NOT NULL,
    password_changed_at timestamp with time zone DEFAULT now() NOT NULL,
    temporary_until timestamp with time zone,
    sealed_secret text,
    last_step bigint DEFAULT 0 NOT NULL,
    told_step bigint,
    enrolled_at timestamp with time zone,
    locale text,
    time_zone text DEFAULT 'America/Toronto'::text NOT NULL,
    last_sign_in_at timestamp with time zone,
    last_sign_in_address text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    sealed_new_codes text,
    new_codes_at timestamp with time zone,
    new_codes_session uuid,
    CONSTRAINT operators_status CHECK ((status = ANY (ARRAY['active'::text, 'disabled'::text]))),
    CONSTRAINT operators_username_form CHECK ((username ~ '^[a-z][a-z0-9._@+-]{1,63}$'::text))
);

CREATE TABLE public.password_resets (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    style text NOT NULL,
    nonce bytea NOT NULL,
    key_id text NOT NULL,
    token_hash bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    sent_at timestamp with time zone,
    used_at timestamp with time zone,
    CONSTRAINT password_resets_token_form CHECK ((length(token_hash) = 32))
);

ALTER TABLE ONLY public.password_resets FORCE ROW LEVEL SECURITY;

CREATE TABLE public.passwords (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    hash text NOT NULL,
    temporary_until timestamp with time zone,
    changed_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.passwords FORCE ROW LEVEL SECURITY;

CREATE TABLE public.phone_accounts (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    extension text NOT NULL,
    domain text NOT NULL,
    sealed_ha1 text NOT NULL,
    set_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.phone_accounts FORCE ROW LEVEL SECURITY;

CREATE TABLE public.phone_calls (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    id uuid NOT NULL,
    direction text NOT NULL,
    outcome text NOT NULL,
    peer text NOT NULL,
    peer_name text,
    started_at timestamp with time zone NOT NULL,
    answered_at timestamp with time zone,
    ended_at timestamp with time zone NOT NULL,
    CONSTRAINT phone_calls_form CHECK (((direction = ANY (ARRAY['in'::text, 'out'::text])) AND ((length(peer) >= 1) AND (length(peer) <= 200)) AND (length(peer_name) <= 100) AND (outcome = ANY (ARRAY['answered'::text, 'missed'::text, 'rejected'::text, 'elsewhere'::text, 'busy'::text, 'no-answer'::text, 'failed'::text, 'cancelled'::text]))))
);

ALTER TABLE ONLY public.phone_calls FORCE ROW LEVEL SECURITY;

CREATE TABLE public.phone_settings (
    tenant_id uuid NOT NULL,
    domain text NOT NULL,
    socket text NOT NULL,
    ice_servers text[] DEFAULT '{}'::text[] NOT NULL,
    way text NOT NULL,
    sealed_secret text,
    country text NOT NULL,
    other_domains boolean DEFAULT false NOT NULL,
    wrap_up_seconds integer DEFAULT 30 NOT NULL,
    CONSTRAINT phone_settings_form CHECK ((((length(domain) >= 1) AND (length(domain) <= 253)) AND (socket ~ '^wss?://'::text) AND (length(socket) <= 300) AND (cardinality(ice_servers) <= 10) AND (country ~ '^[A-Z]{2}$'::text) AND ((wrap_up_seconds >= 0) AND (wrap_up_seconds <= 600)))),
    CONSTRAINT phone_settings_way CHECK (((way = 'per-user'::text) OR ((way = 'ephemeral'::text) AND (sealed_secret IS NOT NULL))))
);

ALTER TABLE ONLY public.phone_settings FORCE ROW LEVEL SECURITY;

CREATE TABLE public.recovery_codes (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    code_digest bytea NOT NULL,
    used_at timestamp with time zone,
    key_id text
);

ALTER TABLE ONLY public.recovery_codes FORCE ROW LEVEL SECURITY;

CREATE TABLE public.sso_connections (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    protocol text NOT NULL,
    label text NOT NULL,
    "position" integer NOT NULL,
    state text DEFAULT 'draft'::text NOT NULL,
    enabled boolean DEFAULT true NOT NULL,
    issuer text NOT NULL,
    settings jsonb NOT NULL,
    sealed_secret text,
    secret_expires_at timestamp with time zone,
    create_users boolean DEFAULT false NOT NULL,
    create_role text DEFAULT 'agent'::text NOT NULL,
    tested_at timestamp with time zone,
    administrator_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    email_domains text[] DEFAULT '{}'::text[] NOT NULL,
    sealed_other_secret text,
    CONSTRAINT sso_connections_domains CHECK ((cardinality(email_domains) <= 50)),
    CONSTRAINT sso_connections_label CHECK (((length(label) >= 1) AND (length(label) <= 60))),
    CONSTRAINT sso_connections_sizes CHECK (((length(issuer) <= 1024) AND (pg_column_size(settings) <= 262144)))
);

ALTER TABLE ONLY public.sso_connections FORCE ROW LEVEL SECURITY;

CREATE TABLE public.sso_failures (
    tenant_id uuid NOT NULL,
    code text NOT NULL,
    connection_id uuid,
    at timestamp with time zone DEFAULT now() NOT NULL,
    reason text NOT NULL,
    received jsonb NOT NULL,
    address text NOT NULL,
    request_id text NOT NULL,
    solicited boolean DEFAULT true NOT NULL
);

ALTER TABLE ONLY public.sso_failures FORCE ROW LEVEL SECURITY;

CREATE TABLE public.sso_flows (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    connection_id uuid NOT NULL,
    purpose text NOT NULL,
    browser_hash bytea NOT NULL,
    request_id text,
    return_to text,
    user_id uuid,
    ticket_hash bytea,
    ticket_until timestamp with time zone,
    result jsonb,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone
);

ALTER TABLE ONLY public.sso_flows FORCE ROW LEVEL SECURITY;

CREATE TABLE public.sso_links (
    tenant_id uuid NOT NULL,
    connection_id uuid NOT NULL,
    issuer text NOT NULL,
    subject text NOT NULL,
    user_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_used_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT sso_links_subject CHECK (((length(subject) >= 1) AND (length(subject) <= 1024)))
);

ALTER TABLE ONLY public.sso_links FORCE ROW LEVEL SECURITY;

CREATE TABLE public.sso_reminders (
    tenant_id uuid NOT NULL,
    connection_id uuid NOT NULL,
    thing text NOT NULL,
    days integer NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.sso_reminders FORCE ROW LEVEL SECURITY;

CREATE TABLE public.sso_seen (
    tenant_id uuid NOT NULL,
    connection_id uuid NOT NULL,
    message_id text NOT NULL,
    expires_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.sso_seen FORCE ROW LEVEL SECURITY;

CREATE TABLE public.tenants (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    slug text NOT NULL,
    account_id text NOT NULL,
    name text NOT NULL,
    domain text,
    status text DEFAULT 'active'::text NOT NULL,
    locale text DEFAULT 'en'::text NOT NULL,
    time_zone text DEFAULT 'America/Toronto'::text NOT NULL,
    entitlements text[] DEFAULT '{}'::text[] NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    user_limit integer,
    suspended_at timestamp with time zone,
    exported_at timestamp with time zone,
    delete_after timestamp with time zone,
    pending_domain text,
    domain_proof text,
    CONSTRAINT tenants_account_id CHECK ((lower(account_id) = slug)),
    CONSTRAINT tenants_deletion CHECK (((delete_after IS NULL) OR ((status = 'suspended'::text) AND (exported_at > suspended_at)))),
    CONSTRAINT tenants_domain_form CHECK ((domain ~ '^[a-z0-9-]+(\.[a-z0-9-]+)+$'::text)),
    CONSTRAINT tenants_not_provider CHECK ((id <> '00000000-0000-0000-0000-000000000000'::uuid)),
    CONSTRAINT tenants_pending_domain_check CHECK ((pending_domain ~ '^[a-z0-9-]+(\.[a-z0-9-]+)+$'::text)),
    CONSTRAINT tenants_slug_form CHECK ((slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'::text)),
    CONSTRAINT tenants_slug_is_no_idn_label CHECK ((substr(slug, 3, 2) <> '--'::text)),
    CONSTRAINT tenants_user_limit_check CHECK (((user_limit >= 1) AND (user_limit <= 1000000)))
);

CREATE TABLE public.throttles (
    tenant_id uuid NOT NULL,
    kind text NOT NULL,
    key_digest bytea NOT NULL,
    user_id uuid,
    fails integer NOT NULL,
    window_start timestamp with time zone DEFAULT now() NOT NULL,
    locked_until timestamp with time zone,
    refused integer DEFAULT 0 NOT NULL,
    locked_at timestamp with time zone,
    locked_before timestamp with time zone
);

ALTER TABLE ONLY public.throttles FORCE ROW LEVEL SECURITY;

CREATE TABLE public.totp_secrets (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    sealed_secret text NOT NULL,
    last_step bigint NOT NULL,
    enrolled_at timestamp with time zone DEFAULT now() NOT NULL,
    sealed_new_codes text,
    new_codes_at timestamp with time zone,
    told_step bigint,
    new_codes_session uuid
);

ALTER TABLE ONLY public.totp_secrets FORCE ROW LEVEL SECURITY;

CREATE TABLE public.user_words (
    tenant_id uuid NOT NULL,
    word text NOT NULL COLLATE pg_catalog."C",
    user_id uuid NOT NULL,
    in_directory boolean DEFAULT false NOT NULL
);

ALTER TABLE ONLY public.user_words FORCE ROW LEVEL SECURITY;

CREATE UNLOGGED TABLE public.volume_limits (
    key text NOT NULL,
    "window" bigint NOT NULL,
    count integer NOT NULL
);

ALTER TABLE ONLY drizzle.__drizzle_migrations ALTER COLUMN id SET DEFAULT nextval('drizzle.__drizzle_migrations_id_seq'::regclass);

INSERT INTO drizzle.__drizzle_migrations VALUES (1, 'c55457a14dbfec44e2acef24917b1d8ea131565bd9910d074c79b13b523bc83e', 1795317041040);
INSERT INTO drizzle.__drizzle_migrations VALUES (2, 'e75ac9de01568510b49cd10ea0c5ec49e199a382eb88ba4fe448ff325fa1d94f', 1795317042287);
INSERT INTO drizzle.__drizzle_migrations VALUES (3, '7f647149e547d4db56bbd8bec9070de6e9a8a6b7f58612d6c2d6bb0fd5e901e4', 1795321090114);
INSERT INTO drizzle.__drizzle_migrations VALUES (4, '603f73be65d95584da8b9b60d5e296ddf1a6077e8464f1838f26695e2fa9bf0b', 1795322549456);
INSERT INTO drizzle.__drizzle_migrations VALUES (5, 'e3107d8cbc70396d7f13cbb98a1e2a4d64676f47025f8d128a6d88e82b6f6091', 1795323771455);
INSERT INTO drizzle.__drizzle_migrations VALUES (6, '80168f622478861f00d6adadd02669bff58bed5b7d517ec06bcdeeac9e805fd0', 1795326988323);
INSERT INTO drizzle.__drizzle_migrations VALUES (7, '113222d8bb23159c3b39fde0aaa405ae0bf53a599429089c97469800f99e9c21', 1795328422557);
INSERT INTO drizzle.__drizzle_migrations VALUES (8, '64bb97ef2a419b7b957b03c215dec724f5c7526cc3c46ef4e3cb51d4666dfa16', 1795330551678);
INSERT INTO drizzle.__drizzle_migrations VALUES (9, '13aca9e0a8d623cee94c710ee28cda690b0826c0dfab083d4bbd56247d6bd45d', 1795330554533);
INSERT INTO drizzle.__drizzle_migrations VALUES (10, '345d5e13f69f1d5fcd84c6091dd2f45878cefe8bc083720e8b8cb2c1586e6308', 1795330557286);
INSERT INTO drizzle.__drizzle_migrations VALUES (11, 'b607477db2409b74c87bddbdf8784240bbfefefd0733bd4d3d6a49af033fe8a3', 1795330560281);
INSERT INTO drizzle.__drizzle_migrations VALUES (12, '1ac7a31be27e24339cda2fab5cff0a9d0d460b4a8ab6ce5889b103a76049b796', 1795333287027);
INSERT INTO drizzle.__drizzle_migrations VALUES (13, 'c61d62b5508bee48dec32c9dfd1fe220762f273af300bb1543954ad837b05b33', 1795336013773);
INSERT INTO drizzle.__drizzle_migrations VALUES (14, '019701d27ad1d72d5aff3bfe7eabbda35ebbfc2ca2c225fbef7cc123a5468953', 1795353200000);
INSERT INTO drizzle.__drizzle_migrations VALUES (15, '866aebfde2ca93102c6ec7a6438b4f44c3e003384237e8bc682ea17bc2ab1a8b', 1795370400000);
INSERT INTO drizzle.__drizzle_migrations VALUES (16, 'fcfb26449f49e6066c267c174445b4eb15b1795cae1a133ffe632584925bae27', 1795387600000);
INSERT INTO drizzle.__drizzle_migrations VALUES (17, 'ed9259315020778067c35697acea6b468bd2ba3cc4d1e11fd733a809cd275d34', 1795838400000);
INSERT INTO drizzle.__drizzle_migrations VALUES (18, '8293d833a4dd6fc8184c4610ff58b4be1271b3809a1545fda1a7066e8ea1a884', 1796100200000);
INSERT INTO drizzle.__drizzle_migrations VALUES (19, 'c4f7eeb063e51246a3abec37968d3175c2e50d2be32196b86a8ab785fe02d514', 1796101200000);
INSERT INTO drizzle.__drizzle_migrations VALUES (20, 'fc339992044e0b957fc3d9fb3b5a8294d9f181cbe388b9f27d6a95694b983c4e', 1796102200000);
INSERT INTO drizzle.__drizzle_migrations VALUES (21, '56aeaf5b8354f01c1745c446e1dffef4855bc80802f7b6fc32722a9797344982', 1796103200000);
INSERT INTO drizzle.__drizzle_migrations VALUES (22, '3287a1092137a4f3fccdf5579884eb5e123576573efddef573f687e91a78faef', 1796104200000);
INSERT INTO drizzle.__drizzle_migrations VALUES (23, '6f8cbfd45171b8665a0fa9abd414d88725c639d7bf15a5a1056efb0d3523a904', 1796105200000);
INSERT INTO drizzle.__drizzle_migrations VALUES (24, 'b3009d8d95e10927198419083915e0556d494871d11ee8829c75c527f296ae59', 1796106200000);
INSERT INTO drizzle.__drizzle_migrations VALUES (25, '28f46b58992ee77a3cdfd4fea4f8fc2bb52adf05f4d05dc2f24f83bd519cc8be', 1796107200000);

INSERT INTO public.audit_events VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 1, '2026-12-01 03:04:02.651+00', 'user_create', NULL, '7a751709-ff44-4e45-8e30-07646245b1f8', 'system', 'seed', '{"role": "administrator"}', 'k1', '\x0000000000000000000000000000000000000000000000000000000000000000', '\x44279817efaf4cf222b73563e6f6b9baf2ed2c55fc7d3a283736a25e91f0f651');
INSERT INTO public.audit_events VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 2, '2026-12-01 03:04:03.026+00', 'user_create', NULL, '38bce664-79a2-4cec-93e7-137418cc80c1', 'system', 'seed', '{"role": "agent"}', 'k1', '\x44279817efaf4cf222b73563e6f6b9baf2ed2c55fc7d3a283736a25e91f0f651', '\xd694f097e1f4fac13e2e6ac04c4f96bbc23c1a164c15cd0c53e5c65bbe8d0a6c');
INSERT INTO public.audit_events VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 3, '2026-12-01 03:04:03.219+00', 'user_create', NULL, '5e914e77-d64f-4697-a39a-eb1b2aefef0a', 'system', 'seed', '{"role": "agent"}', 'k1', '\xd694f097e1f4fac13e2e6ac04c4f96bbc23c1a164c15cd0c53e5c65bbe8d0a6c', '\x6207577a81fdb36188e130ab63965baca17f8e32d12001026a6bd5b296acca0e');
INSERT INTO public.audit_events VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 4, '2026-12-01 03:04:03.249+00', 'user_create', NULL, '4e682926-a78d-4238-83b7-c2dec0633ed1', 'system', 'seed', '{"role": "agent"}', 'k1', '\x6207577a81fdb36188e130ab63965baca17f8e32d12001026a6bd5b296acca0e', '\x7f7e66f23f55860d357be9dcb9ac519437ca9c051bc71e6c96ad0e305a456dc7');
INSERT INTO public.audit_events VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 5, '2026-12-01 03:04:03.307+00', 'user_create', NULL, '9a223b80-e099-40f2-b3fd-f3654a570c6a', 'system', 'seed', '{"role": "agent"}', 'k1', '\x7f7e66f23f55860d357be9dcb9ac519437ca9c051bc71e6c96ad0e305a456dc7', '\xcfa40129189e270763da6f6347384d92e52348b41c8248ae0322f571459e8ba2');
INSERT INTO public.audit_events VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 6, '2026-12-01 03:04:03.341+00', 'user_create', NULL, 'ee52efb9-32b0-4078-a222-357dc90a3592', 'system', 'seed', '{"role": "agent"}', 'k1', '\xcfa40129189e270763da6f6347384d92e52348b41c8248ae0322f571459e8ba2', '\xe6bd126debaf50aa0c18d386cb601a93b9ee9a4838101725889313db8e488748');
INSERT INTO public.audit_events VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 7, '2026-12-01 03:04:03.37+00', 'user_create', NULL, '75f7ffe8-863f-4e37-bec7-c82b59251c4c', 'system', 'seed', '{"role": "agent"}', 'k1', '\xe6bd126debaf50aa0c18d386cb601a93b9ee9a4838101725889313db8e488748', '\xce7de4a6e8a7e64736dc3547d2026f7f19066d09e4759a278867a9203639de7b');
INSERT INTO public.audit_events VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 8, '2026-12-01 03:04:03.399+00', 'user_create', NULL, 'e2fa7732-9710-4ba2-a7e6-7200773d4d7f', 'system', 'seed', '{"role": "agent"}', 'k1', '\xce7de4a6e8a7e64736dc3547d2026f7f19066d09e4759a278867a9203639de7b', '\x55f7eb8b0bb345378fb9cf9253b13df77c82d0899368cb25b374fc9c4409984d');
INSERT INTO public.audit_events VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 9, '2026-12-01 03:04:03.411+00', 'user_create', NULL, 'e1facf77-68af-486e-addd-850ca2919bbf', 'system', 'seed', '{"role": "agent"}', 'k1', '\x55f7eb8b0bb345378fb9cf9253b13df77c82d0899368cb25b374fc9c4409984d', '\x768030ffd60805add9f812300741ebde7a644bcb0a64f268657bee95e280abd7');
INSERT INTO public.audit_events VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 10, '2026-12-01 03:04:03.43+00', 'user_create', NULL, 'd1f07648-7c00-4fb2-99a1-cdc97a3f23b2', 'system', 'seed', '{"role": "agent"}', 'k1', '\x768030ffd60805add9f812300741ebde7a644bcb0a64f268657bee95e280abd7', '\x1800c807b984793f91bbcf5302c3ce5fb29499f9994df69526d90516edae8ee9');
INSERT INTO public.audit_events VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 11, '2026-12-01 03:04:03.451+00', 'user_create', NULL, 'a570d15a-af9f-4e4d-a41b-470510796b3c', 'system', 'seed', '{"role": "agent"}', 'k1', '\x1800c807b984793f91bbcf5302c3ce5fb29499f9994df69526d90516edae8ee9', '\xca42656dafb9b1ff0f374808b7286c6dfc92a31470c1b2e83b8ceda24e604513');
INSERT INTO public.audit_events VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 12, '2026-12-01 03:04:03.465+00', 'user_create', NULL, 'cce59ea8-b9e7-4f6a-8d51-2b0f15b64a84', 'system', 'seed', '{"role": "agent"}', 'k1', '\xca42656dafb9b1ff0f374808b7286c6dfc92a31470c1b2e83b8ceda24e604513', '\x7f4f6a43ddb29ab4cb34cf34d6ef2f1397e38f5481d5444d57e9a01c54ebeea1');
INSERT INTO public.audit_events VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', 1, '2026-12-01 03:04:03.777+00', 'user_create', NULL, '2ca73c91-463b-49d1-ac49-851becfd4cef', 'system', 'seed', '{"role": "agent"}', 'k1', '\x0000000000000000000000000000000000000000000000000000000000000000', '\x0213efcafb9f7282793212741a0cbd74195207d8f0e02bf7a7758347e8564c1f');
INSERT INTO public.audit_events VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', 2, '2026-12-01 03:04:03.791+00', 'user_create', NULL, 'cecef161-ef95-44df-9cc3-dd1417c48f60', 'system', 'seed', '{"role": "administrator"}', 'k1', '\x0213efcafb9f7282793212741a0cbd74195207d8f0e02bf7a7758347e8564c1f', '\x71d87fe3e5f35bb7b624d3b2a8b35e7200a0bdb8f5e4aeca3cd1a53bcea4d515');
INSERT INTO public.audit_events VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', 3, '2026-12-01 03:04:03.871+00', 'user_create', NULL, '0cd3fea1-d87c-4e7e-9d5c-b68e9f6c813e', 'system', 'seed', '{"role": "agent"}', 'k1', '\x71d87fe3e5f35bb7b624d3b2a8b35e7200a0bdb8f5e4aeca3cd1a53bcea4d515', '\xd2432b983212a5f1877ae35a8685de5cc1e344d1e4f292ae160de5422faf0802');
INSERT INTO public.audit_events VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', 4, '2026-12-01 03:04:03.904+00', 'user_create', NULL, 'e71d9dde-76c4-4f0f-a316-29d93ba0190e', 'system', 'seed', '{"role": "agent"}', 'k1', '\xd2432b983212a5f1877ae35a8685de5cc1e344d1e4f292ae160de5422faf0802', '\x2614dfe5ebef027ccd057aba90a392976ab968c9571dccc8ea1684149e1e3c33');
INSERT INTO public.audit_events VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', 5, '2026-12-01 03:04:04.1+00', 'user_create', NULL, '11e5ebfe-0df6-4ebd-a3a2-052e4b45ea5a', 'system', 'seed', '{"role": "agent"}', 'k1', '\x2614dfe5ebef027ccd057aba90a392976ab968c9571dccc8ea1684149e1e3c33', '\x6ca23e65290dc01944c80853d1fb4a51644accce7af3175821d53e0c9961b00f');
INSERT INTO public.audit_events VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', 6, '2026-12-01 03:04:04.121+00', 'user_create', NULL, 'ce07b2b3-adc4-4910-8db7-8cb5b8c0a045', 'system', 'seed', '{"role": "agent"}', 'k1', '\x6ca23e65290dc01944c80853d1fb4a51644accce7af3175821d53e0c9961b00f', '\x6016272b85d4205eae6c69136d0013b9b638d02d06f136289adc0d73b33e5009');
INSERT INTO public.audit_events VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', 1, '2026-12-01 03:04:04.301+00', 'user_create', NULL, 'acc10d33-4529-49d9-9b00-82f199bc77f9', 'system', 'seed', '{"role": "agent"}', 'k1', '\x0000000000000000000000000000000000000000000000000000000000000000', '\xe3eac78a6cf6cd320eb7ea87f60e36a528e360d2d2bdc8dcf87d7d6fa4600b76');
INSERT INTO public.audit_events VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', 2, '2026-12-01 03:04:04.341+00', 'user_create', NULL, 'eed1293e-4aff-421d-a01c-403c3ef6bbde', 'system', 'seed', '{"role": "administrator"}', 'k1', '\xe3eac78a6cf6cd320eb7ea87f60e36a528e360d2d2bdc8dcf87d7d6fa4600b76', '\x024eb4cb9d68b1faed0e50950e6e6533bfc8b45438c426da125aa91eb1d0ec6b');
INSERT INTO public.audit_events VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', 3, '2026-12-01 03:04:04.402+00', 'user_create', NULL, 'b7a610df-46ae-425d-869a-6fb22ddba5c7', 'system', 'seed', '{"role": "agent"}', 'k1', '\x024eb4cb9d68b1faed0e50950e6e6533bfc8b45438c426da125aa91eb1d0ec6b', '\xfafb6a510b4a849339280e91abbb1ec50a521f30a6a472ed0c5c13b895690035');
INSERT INTO public.audit_events VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', 4, '2026-12-01 03:04:04.481+00', 'user_create', NULL, 'd98872dc-fa0c-4ed8-891f-f6be364a76d8', 'system', 'seed', '{"role": "agent"}', 'k1', '\xfafb6a510b4a849339280e91abbb1ec50a521f30a6a472ed0c5c13b895690035', '\x0042db80efb75fc48a3f72e9901871e058c9cf736255139ca8be9ed0e81a608e');
INSERT INTO public.audit_events VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', 5, '2026-12-01 03:04:04.5+00', 'user_create', NULL, '661067c1-da22-4085-b1b2-101708c972ed', 'system', 'seed', '{"role": "agent"}', 'k1', '\x0042db80efb75fc48a3f72e9901871e058c9cf736255139ca8be9ed0e81a608e', '\xc90bde87e149cc2366f05d34dd410e521db79a4a6c92df1e1016f7fcdf1f1121');
INSERT INTO public.audit_events VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', 6, '2026-12-01 03:04:04.667+00', 'user_create', NULL, '450133a9-aead-4485-94c3-ee74a2c3f978', 'system', 'seed', '{"role": "agent"}', 'k1', '\xc90bde87e149cc2366f05d34dd410e521db79a4a6c92df1e1016f7fcdf1f1121', '\x466868159df24d100eae0d25bdb61ea4af5e3d2c184eff7b9831c7e4c55a933a');
INSERT INTO public.audit_events VALUES ('00000000-0000-0000-0000-000000000000', 1, '2026-12-01 03:04:05.043+00', 'user_create', NULL, 'd3dbe648-9968-4db7-898f-8be3408397ee', 'system', 'seed', '{"role": "operator", "username": "olive"}', 'k1', '\x0000000000000000000000000000000000000000000000000000000000000000', '\x3047bd62ebadfbb19f9ad9415db6620e28fbc8e7609969de5479ef6f6792182f');
INSERT INTO public.audit_events VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 13, '2026-12-01 03:17:26.454+00', 'authn_login_success', '7a751709-ff44-4e45-8e30-07646245b1f8', '7a751709-ff44-4e45-8e30-07646245b1f8', '192.0.2.7', 'before-the-baseline', '{"factor": "password", "session": "fa70e48c-e0fd-4c07-a261-06560c56220c"}', 'k1', '\x7f4f6a43ddb29ab4cb34cf34d6ef2f1397e38f5481d5444d57e9a01c54ebeea1', '\x58cc03c0b5bf9e3aad01f476abb17a17b1a1a6207b4ff199faefc13179acc8ff');
INSERT INTO public.audit_events VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 14, '2026-12-01 03:17:26.646+00', 'authn_second_factor_enrol', NULL, 'e1facf77-68af-486e-addd-850ca2919bbf', '192.0.2.7', 'before-the-baseline', '{"factor": "totp", "replaced": false}', 'k1', '\x58cc03c0b5bf9e3aad01f476abb17a17b1a1a6207b4ff199faefc13179acc8ff', '\x3199107783022e58f2d7d404cd8b73c2edc1e575e42492a1f50475e023278bf7');

INSERT INTO public.audit_heads VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', 6, '\x6016272b85d4205eae6c69136d0013b9b638d02d06f136289adc0d73b33e5009', 0, '\x0000000000000000000000000000000000000000000000000000000000000000');
INSERT INTO public.audit_heads VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', 6, '\x466868159df24d100eae0d25bdb61ea4af5e3d2c184eff7b9831c7e4c55a933a', 0, '\x0000000000000000000000000000000000000000000000000000000000000000');
INSERT INTO public.audit_heads VALUES ('00000000-0000-0000-0000-000000000000', 1, '\x3047bd62ebadfbb19f9ad9415db6620e28fbc8e7609969de5479ef6f6792182f', 0, '\x0000000000000000000000000000000000000000000000000000000000000000');
INSERT INTO public.audit_heads VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 14, '\x3199107783022e58f2d7d404cd8b73c2edc1e575e42492a1f50475e023278bf7', 0, '\x0000000000000000000000000000000000000000000000000000000000000000');

INSERT INTO public.devices VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', '7a751709-ff44-4e45-8e30-07646245b1f8', '\xb224d395f8e2ea9feb32d7b870fe69401f7ffb35f76523f9cf20edd55db68278', '2026-12-01 03:17:26.40324+00', '2026-12-01 03:17:26.40324+00', '2aebc4fc-4318-409b-ba61-518b8a602abc', NULL, NULL, NULL);

INSERT INTO public.email_holders VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'dana@wickedsprockets.example', 1);
INSERT INTO public.email_holders VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'omar@wickedsprockets.example', 1);
INSERT INTO public.email_holders VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'grace@wickedsprockets.example', 1);
INSERT INTO public.email_holders VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'ines@wickedsprockets.example', 1);
INSERT INTO public.email_holders VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'milo@wickedsprockets.example', 1);
INSERT INTO public.email_holders VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'frontdesk@wickedsprockets.example', 2);
INSERT INTO public.email_holders VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'piotr@wickedsprockets.example', 1);
INSERT INTO public.email_holders VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'sara@wickedsprockets.example', 1);
INSERT INTO public.email_holders VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'tomas@wickedsprockets.example', 1);
INSERT INTO public.email_holders VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'yuki@wickedsprockets.example', 1);
INSERT INTO public.email_holders VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', 'priya@btsa.example', 1);
INSERT INTO public.email_holders VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', 'morgan@btsa.example', 1);
INSERT INTO public.email_holders VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', 'nadia@btsa.example', 1);
INSERT INTO public.email_holders VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', 'floor2@btsa.example', 2);
INSERT INTO public.email_holders VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', 'etienne@nordique.example', 1);
INSERT INTO public.email_holders VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', 'camille@nordique.example', 1);
INSERT INTO public.email_holders VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', 'marc@nordique.example', 1);
INSERT INTO public.email_holders VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', 'accueil@nordique.example', 2);

INSERT INTO public.key_checks VALUES ('k1', '\xf493eabac4458f659409d2c8509edebc069e488e5ce61817d12476a358087262', '2026-12-01 03:17:07.266283+00');

INSERT INTO public.last_sign_ins VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', '38bce664-79a2-4cec-93e7-137418cc80c1', '-infinity', NULL, NULL, NULL);
INSERT INTO public.last_sign_ins VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', '4e682926-a78d-4238-83b7-c2dec0633ed1', '-infinity', NULL, NULL, NULL);
INSERT INTO public.last_sign_ins VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'd1f07648-7c00-4fb2-99a1-cdc97a3f23b2', '-infinity', NULL, NULL, NULL);
INSERT INTO public.last_sign_ins VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'ee52efb9-32b0-4078-a222-357dc90a3592', '-infinity', NULL, NULL, NULL);
INSERT INTO public.last_sign_ins VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'e1facf77-68af-486e-addd-850ca2919bbf', '-infinity', NULL, NULL, NULL);
INSERT INTO public.last_sign_ins VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', '75f7ffe8-863f-4e37-bec7-c82b59251c4c', '-infinity', NULL, NULL, NULL);
INSERT INTO public.last_sign_ins VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', '5e914e77-d64f-4697-a39a-eb1b2aefef0a', '-infinity', NULL, NULL, NULL);
INSERT INTO public.last_sign_ins VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', '9a223b80-e099-40f2-b3fd-f3654a570c6a', '-infinity', NULL, NULL, NULL);
INSERT INTO public.last_sign_ins VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'e2fa7732-9710-4ba2-a7e6-7200773d4d7f', '-infinity', NULL, NULL, NULL);
INSERT INTO public.last_sign_ins VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'cce59ea8-b9e7-4f6a-8d51-2b0f15b64a84', '-infinity', NULL, NULL, NULL);
INSERT INTO public.last_sign_ins VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'a570d15a-af9f-4e4d-a41b-470510796b3c', '-infinity', NULL, NULL, NULL);
INSERT INTO public.last_sign_ins VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', '2ca73c91-463b-49d1-ac49-851becfd4cef', '-infinity', NULL, NULL, NULL);
INSERT INTO public.last_sign_ins VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', 'cecef161-ef95-44df-9cc3-dd1417c48f60', '-infinity', NULL, NULL, NULL);
INSERT INTO public.last_sign_ins VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', '0cd3fea1-d87c-4e7e-9d5c-b68e9f6c813e', '-infinity', NULL, NULL, NULL);
INSERT INTO public.last_sign_ins VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', 'e71d9dde-76c4-4f0f-a316-29d93ba0190e', '-infinity', NULL, NULL, NULL);
INSERT INTO public.last_sign_ins VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', '11e5ebfe-0df6-4ebd-a3a2-052e4b45ea5a', '-infinity', NULL, NULL, NULL);
INSERT INTO public.last_sign_ins VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', 'ce07b2b3-adc4-4910-8db7-8cb5b8c0a045', '-infinity', NULL, NULL, NULL);
INSERT INTO public.last_sign_ins VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', 'acc10d33-4529-49d9-9b00-82f199bc77f9', '-infinity', NULL, NULL, NULL);
INSERT INTO public.last_sign_ins VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', 'eed1293e-4aff-421d-a01c-403c3ef6bbde', '-infinity', NULL, NULL, NULL);
INSERT INTO public.last_sign_ins VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', 'b7a610df-46ae-425d-869a-6fb22ddba5c7', '-infinity', NULL, NULL, NULL);
INSERT INTO public.last_sign_ins VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', 'd98872dc-fa0c-4ed8-891f-f6be364a76d8', '-infinity', NULL, NULL, NULL);
INSERT INTO public.last_sign_ins VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', '661067c1-da22-4085-b1b2-101708c972ed', '-infinity', NULL, NULL, NULL);
INSERT INTO public.last_sign_ins VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', '450133a9-aead-4485-94c3-ee74a2c3f978', '-infinity', NULL, NULL, NULL);
INSERT INTO public.last_sign_ins VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', '7a751709-ff44-4e45-8e30-07646245b1f8', '2026-12-01 03:17:26.40324+00', '192.0.2.7', NULL, NULL);

INSERT INTO public.operators VALUES ('d3dbe648-9968-4db7-898f-8be3408397ee', 'olive', 'Olive', 'Bergeron', 'active', '$argon2id$v=19$m=19456,t=2,p=1$ZWrMStRAEU6Ka2g2/azEOg$QPEsmBy1/B9JvtuViWyiSb1b4LAZ9VA6Mip3SeTmFe4', '2026-12-01 03:04:05.040862+00', NULL, NULL, 0, NULL, NULL, NULL, 'America/Toronto', NULL, NULL, '2026-12-01 03:04:05.040862+00', NULL, NULL, NULL);

INSERT INTO public.passwords VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', '7a751709-ff44-4e45-8e30-07646245b1f8', '$argon2id$v=19$m=19456,t=2,p=1$XDFfbWpXY4IvXD3oNs6nSA$P8DAMbHMpzoWDeAN7ch6NijiUq4i60UwGT88rJi0jmU', NULL, '2026-12-01 03:04:02.495345+00');
INSERT INTO public.passwords VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', '38bce664-79a2-4cec-93e7-137418cc80c1', '$argon2id$v=19$m=19456,t=2,p=1$/nHmY/Z2TyFkB1JtBfn4WQ$kdGF25sI7q6/GFIP9mfUCWlHcKWIC38oGwb7WmIjmcc', NULL, '2026-12-01 03:04:02.868852+00');
INSERT INTO public.passwords VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', '5e914e77-d64f-4697-a39a-eb1b2aefef0a', '$argon2id$v=19$m=19456,t=2,p=1$izh581jlSBjpzy0h6uVfcQ$SjzPYT4XuT9/JTOzl4Xgxqb9FkuemXCnwu2545lI9x8', NULL, '2026-12-01 03:04:03.105083+00');
INSERT INTO public.passwords VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', '4e682926-a78d-4238-83b7-c2dec0633ed1', '$argon2id$v=19$m=19456,t=2,p=1$qb3qkt0oS1ZvE/45NU9FUQ$AdQYOR9Ok+zwOdjDL9AJqYNsE6x+N5jW032Y/DPO8cY', NULL, '2026-12-01 03:04:02.811217+00');
INSERT INTO public.passwords VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', '9a223b80-e099-40f2-b3fd-f3654a570c6a', '$argon2id$v=19$m=19456,t=2,p=1$v0QgA1TgEbmSphjlFac9Ng$eG+oVvqimkDjkDUbzgyvQKq/Nl2DmvT5EDTj0/YGuyQ', NULL, '2026-12-01 03:04:03.058208+00');
INSERT INTO public.passwords VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'ee52efb9-32b0-4078-a222-357dc90a3592', '$argon2id$v=19$m=19456,t=2,p=1$GI5adCp7bgZytPVv7P3nEw$AhrgSg8UnQ+bN0Ina3ARK9esIlENkqza26bzZRwu7e0', NULL, '2026-12-01 03:04:02.759105+00');
INSERT INTO public.passwords VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', '75f7ffe8-863f-4e37-bec7-c82b59251c4c', '$argon2id$v=19$m=19456,t=2,p=1$Z7s8APQVF0kKjXlMfVRTdg$vfFqLtwu7C017c+74KglVUuc9L1ykuk1O5CBK1Q+/Z4', NULL, '2026-12-01 03:04:02.901509+00');
INSERT INTO public.passwords VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'e2fa7732-9710-4ba2-a7e6-7200773d4d7f', '$argon2id$v=19$m=19456,t=2,p=1$3hEWQWvt/Koy+HJ3elGADA$CXBbqLG8YMeqaEqn/anUFuFbTNMokXUA+sWnJfMJYyg', NULL, '2026-12-01 03:04:03.250763+00');
INSERT INTO public.passwords VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'e1facf77-68af-486e-addd-850ca2919bbf', '$argon2id$v=19$m=19456,t=2,p=1$bLJoPeIFt6Kzy5AN9uoH0Q$yX+IV1KpcK6d2e3pIzy1agHOyVxPnNfqlkS7GijmMug', NULL, '2026-12-01 03:04:02.757849+00');
INSERT INTO public.passwords VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'd1f07648-7c00-4fb2-99a1-cdc97a3f23b2', '$argon2id$v=19$m=19456,t=2,p=1$HLp9yCkrwRRmqEa9NzTMZQ$fPDCiND3ZbCdnWKYb8VS+WTs/3PMGRVdwjnXJBQwyIE', NULL, '2026-12-01 03:04:02.810699+00');
INSERT INTO public.passwords VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'a570d15a-af9f-4e4d-a41b-470510796b3c', '$argon2id$v=19$m=19456,t=2,p=1$D0h9/mWEhhqUc2AdXwFFQg$oJVpF9sHAv9V18bhv76HqJnATI3XfZ7Tojf2S0j37n0', NULL, '2026-12-01 03:04:03.317494+00');
INSERT INTO public.passwords VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'cce59ea8-b9e7-4f6a-8d51-2b0f15b64a84', '$argon2id$v=19$m=19456,t=2,p=1$aHOxX+8jBKwQ0Vp2iGRT5g$vcgz2nEVr/hLwRsh5CtfkGX02NzjYo3LYHeMeemKJ1w', NULL, '2026-12-01 03:04:03.019355+00');
INSERT INTO public.passwords VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', '2ca73c91-463b-49d1-ac49-851becfd4cef', '$argon2id$v=19$m=19456,t=2,p=1$HvGio4AHaI2vj6IzqlATcw$DrKDGJBegOPjgo6l2eUxkeosFAZuE5yK4HlDK7DHz+A', NULL, '2026-12-01 03:04:03.766497+00');
INSERT INTO public.passwords VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', 'cecef161-ef95-44df-9cc3-dd1417c48f60', '$argon2id$v=19$m=19456,t=2,p=1$k0JTffULNeYEHyonW7E6JQ$0D3DKweGp3WgKwnHOI23hBRJulg0+ezOYNpDjpjhB1U', NULL, '2026-12-01 03:04:03.762199+00');
INSERT INTO public.passwords VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', '0cd3fea1-d87c-4e7e-9d5c-b68e9f6c813e', '$argon2id$v=19$m=19456,t=2,p=1$C5Rjt0mQQawLXGGWgtomuA$D0njegzuLcc+kj31lHbjj6IIT8Uv/Ij0+XVA1nXTRno', NULL, '2026-12-01 03:04:03.854536+00');
INSERT INTO public.passwords VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', 'e71d9dde-76c4-4f0f-a316-29d93ba0190e', '$argon2id$v=19$m=19456,t=2,p=1$gM6sSf18eSKBhOH7wJoxww$Sks79aUcF7Wo8fcyhWaUEyAN1uqu0EhOxifWoDcf3vU', NULL, '2026-12-01 03:04:03.882627+00');
INSERT INTO public.passwords VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', '11e5ebfe-0df6-4ebd-a3a2-052e4b45ea5a', '$argon2id$v=19$m=19456,t=2,p=1$oH9WrHJFNey5PZGO604qVQ$nTEwhMgPCAxG+LL9k5qJ/ucPKt5teZIe9ffSscb5FHM', NULL, '2026-12-01 03:04:04.079812+00');
INSERT INTO public.passwords VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', 'ce07b2b3-adc4-4910-8db7-8cb5b8c0a045', '$argon2id$v=19$m=19456,t=2,p=1$dJn9k93dW6dhubKoFy7ZSw$J61gywKdulCs2xYASscMda213I0bctrCubmsd+9FeO0', NULL, '2026-12-01 03:04:04.097187+00');
INSERT INTO public.passwords VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', 'acc10d33-4529-49d9-9b00-82f199bc77f9', '$argon2id$v=19$m=19456,t=2,p=1$poz11f6OjD38FSTFXsFi7A$Qde3MiABs7r4JXQtAq+5HjPJnEST9ovgtev8wE3Y2aY', NULL, '2026-12-01 03:04:04.284234+00');
INSERT INTO public.passwords VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', 'eed1293e-4aff-421d-a01c-403c3ef6bbde', '$argon2id$v=19$m=19456,t=2,p=1$YD55pMqNMeCQkGHj2DARXw$PUrJ4ltCMR5ZnlQfUvhuK83upsrDHIUEDjvyyOaEWhc', NULL, '2026-12-01 03:04:04.286099+00');
INSERT INTO public.passwords VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', 'b7a610df-46ae-425d-869a-6fb22ddba5c7', '$argon2id$v=19$m=19456,t=2,p=1$WSSObdxdgtoBnyDaFDkfhw$YxrULIlNKXXybt6XeXNYBj/8h6hOykyCP4CyVK6Dc60', NULL, '2026-12-01 03:04:04.385428+00');
INSERT INTO public.passwords VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', 'd98872dc-fa0c-4ed8-891f-f6be364a76d8', '$argon2id$v=19$m=19456,t=2,p=1$XpztN5QGTmLWMnRu6RbwGQ$xkOjFV+DhnVFex0IUOnpPHgsXobozVPoTxRn8QKiNDI', NULL, '2026-12-01 03:04:04.437857+00');
INSERT INTO public.passwords VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', '661067c1-da22-4085-b1b2-101708c972ed', '$argon2id$v=19$m=19456,t=2,p=1$QZhis4y+d0mJQWYhW/+Idg$1pOMYe8VV7oaolvqql7Nj4kIO+DInhxjo92sY11D8Vo', NULL, '2026-12-01 03:04:04.467984+00');
INSERT INTO public.passwords VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', '450133a9-aead-4485-94c3-ee74a2c3f978', '$argon2id$v=19$m=19456,t=2,p=1$5BoablmWV2pMdjpeAupxDg$GavIu29e9InWmdT+QMsVSHua2Ojo+BozutCczRTVU9g', NULL, '2026-12-01 03:04:04.596216+00');

INSERT INTO public.policies VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'optional', 'link', 8, 240, 1440, 'when-missing', false, NULL, false, 0, 5, 15, '{}', 1, 240);
INSERT INTO public.policies VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', 'required', 'temporary', 8, 240, 1440, 'when-missing', false, NULL, false, 0, 5, 15, '{}', 1, 240);
INSERT INTO public.policies VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', 'optional', 'link', 8, 240, 1440, 'when-missing', false, NULL, false, 0, 5, 15, '{}', 1, 240);

INSERT INTO public.recovery_codes VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'e1facf77-68af-486e-addd-850ca2919bbf', '\xe90f9ce16887456fbf0ee7f7bcd3535801c6842537bef21dd7a3c502083de482', NULL, 'k1');
INSERT INTO public.recovery_codes VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'e1facf77-68af-486e-addd-850ca2919bbf', '\x0ad9cb453f0fd8b7449bba16f7306b89abb610553da5ed395964c1c59797339a', NULL, 'k1');
INSERT INTO public.recovery_codes VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'e1facf77-68af-486e-addd-850ca2919bbf', '\xd680f4674127b032558427a5554c3c6c7a9bab068cabb00a8fbb108412a01b4c', NULL, 'k1');
INSERT INTO public.recovery_codes VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'e1facf77-68af-486e-addd-850ca2919bbf', '\xd328165f9b2eb8cec6e7c6bbfda8b98853f6a3fffb3175f41b69d3a467279367', NULL, 'k1');
INSERT INTO public.recovery_codes VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'e1facf77-68af-486e-addd-850ca2919bbf', '\xde0d1c018b6eb214be254566a8a6e07f927610c5f20247708be6f0b4fa48eb17', NULL, 'k1');
INSERT INTO public.recovery_codes VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'e1facf77-68af-486e-addd-850ca2919bbf', '\x2b1328057b26fee8e274e819f3b6e35c9dea81fc7d5c61cd3344bc4aa28c7314', NULL, 'k1');
INSERT INTO public.recovery_codes VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'e1facf77-68af-486e-addd-850ca2919bbf', '\x87239d362b714bd871daf3f3a7e989b5eac6ce2a6fc5d5900285c134e3b24b80', NULL, 'k1');
INSERT INTO public.recovery_codes VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'e1facf77-68af-486e-addd-850ca2919bbf', '\x735220208de998747ec87d28483b31005dc20d70906f7ea33d0a49176bd88e89', NULL, 'k1');
INSERT INTO public.recovery_codes VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'e1facf77-68af-486e-addd-850ca2919bbf', '\xf8ef8f9a16196edfca01126bb75c11283264a778253ac2a015a07ce34b3c5639', NULL, 'k1');
INSERT INTO public.recovery_codes VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'e1facf77-68af-486e-addd-850ca2919bbf', '\x16f5fb8ad4b1c9036fe4c5fd86a1ee75a348d833a85d4a0f90e488f80f5aaca0', NULL, 'k1');

INSERT INTO public.sessions VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'fa70e48c-e0fd-4c07-a261-06560c56220c', '\x982b22c0d484f126e4f8df98d63ce95f17cda6440f8ac6d373ca4be65d1b0f68', '7a751709-ff44-4e45-8e30-07646245b1f8', NULL, '192.0.2.7', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', '2026-12-01 03:17:26.40324+00', '2026-12-01 03:17:26.40324+00', '2026-12-02 03:17:26.40324+00', NULL, NULL, NULL, NULL, NULL, '2026-12-01 03:17:26.40324+00');

INSERT INTO public.tenants VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'wickedsprockets', 'wickedsprockets', 'Wicked Sprockets', NULL, 'active', 'en', 'America/Toronto', '{security-policies,single-sign-on,phone}', '2026-12-01 03:04:01.353231+00', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.tenants VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', 'btsa-nj-k16', 'BTSA-NJ-K16', 'BTSA', NULL, 'active', 'en', 'America/New_York', '{security-policies,single-sign-on}', '2026-12-01 03:04:03.507077+00', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.tenants VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', 'nordique', 'nordique', 'Nordique Télécom', NULL, 'active', 'fr', 'America/Toronto', '{}', '2026-12-01 03:04:04.136182+00', NULL, NULL, NULL, NULL, NULL, NULL);

INSERT INTO public.totp_secrets VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'e1facf77-68af-486e-addd-850ca2919bbf', 'k1.ZTeIsNvfudTjvmL_.9JCH1DBNotzfFTUi4zMgmejV-J8afdxSh0uf7vWbJHM.Zm-c1bgwth11mRIdXDdnQg', 0, '2026-12-01 03:17:26.526536+00', NULL, NULL, NULL, NULL);

INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'dana@wickedsprockets.example', '7a751709-ff44-4e45-8e30-07646245b1f8', false);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', '201', '7a751709-ff44-4e45-8e30-07646245b1f8', true);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'dana', '7a751709-ff44-4e45-8e30-07646245b1f8', true);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'reyes', '7a751709-ff44-4e45-8e30-07646245b1f8', true);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'lena', '38bce664-79a2-4cec-93e7-137418cc80c1', true);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'frontdesk@wickedsprockets.example', '38bce664-79a2-4cec-93e7-137418cc80c1', false);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', '209', '38bce664-79a2-4cec-93e7-137418cc80c1', true);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'fischer', '38bce664-79a2-4cec-93e7-137418cc80c1', true);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'omar', '4e682926-a78d-4238-83b7-c2dec0633ed1', true);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', '205', 'd1f07648-7c00-4fb2-99a1-cdc97a3f23b2', true);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'grace', 'd1f07648-7c00-4fb2-99a1-cdc97a3f23b2', true);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'okafor', 'd1f07648-7c00-4fb2-99a1-cdc97a3f23b2', true);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'grace@wickedsprockets.example', 'd1f07648-7c00-4fb2-99a1-cdc97a3f23b2', false);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'milo@wickedsprockets.example', 'e1facf77-68af-486e-addd-850ca2919bbf', false);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'tanaka', 'e1facf77-68af-486e-addd-850ca2919bbf', true);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', '202', 'e1facf77-68af-486e-addd-850ca2919bbf', true);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'milo', 'e1facf77-68af-486e-addd-850ca2919bbf', true);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'frontdesk@wickedsprockets.example', '5e914e77-d64f-4697-a39a-eb1b2aefef0a', false);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'mensah', '5e914e77-d64f-4697-a39a-eb1b2aefef0a', true);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'kofi', '5e914e77-d64f-4697-a39a-eb1b2aefef0a', true);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', '210', '5e914e77-d64f-4697-a39a-eb1b2aefef0a', true);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', '203', 'ee52efb9-32b0-4078-a222-357dc90a3592', true);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'ines@wickedsprockets.example', 'ee52efb9-32b0-4078-a222-357dc90a3592', false);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'ines', 'ee52efb9-32b0-4078-a222-357dc90a3592', true);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'moreau', 'ee52efb9-32b0-4078-a222-357dc90a3592', true);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'ruth', '75f7ffe8-863f-4e37-bec7-c82b59251c4c', true);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', '207', '75f7ffe8-863f-4e37-bec7-c82b59251c4c', true);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'abrams', '75f7ffe8-863f-4e37-bec7-c82b59251c4c', true);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'omar@wickedsprockets.example', '4e682926-a78d-4238-83b7-c2dec0633ed1', false);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', '204', '4e682926-a78d-4238-83b7-c2dec0633ed1', true);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'haddad', '4e682926-a78d-4238-83b7-c2dec0633ed1', true);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'piotr', '9a223b80-e099-40f2-b3fd-f3654a570c6a', true);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', '208', '9a223b80-e099-40f2-b3fd-f3654a570c6a', true);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'nowak', '9a223b80-e099-40f2-b3fd-f3654a570c6a', true);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'piotr@wickedsprockets.example', '9a223b80-e099-40f2-b3fd-f3654a570c6a', false);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'sara@wickedsprockets.example', 'e2fa7732-9710-4ba2-a7e6-7200773d4d7f', false);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', '211', 'e2fa7732-9710-4ba2-a7e6-7200773d4d7f', true);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'lindqvist', 'e2fa7732-9710-4ba2-a7e6-7200773d4d7f', true);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'sara', 'e2fa7732-9710-4ba2-a7e6-7200773d4d7f', true);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'tomas@wickedsprockets.example', 'cce59ea8-b9e7-4f6a-8d51-2b0f15b64a84', false);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', '206', 'cce59ea8-b9e7-4f6a-8d51-2b0f15b64a84', true);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'vega', 'cce59ea8-b9e7-4f6a-8d51-2b0f15b64a84', true);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'tomas', 'cce59ea8-b9e7-4f6a-8d51-2b0f15b64a84', true);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'mori', 'a570d15a-af9f-4e4d-a41b-470510796b3c', true);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'yuki', 'a570d15a-af9f-4e4d-a41b-470510796b3c', true);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', '212', 'a570d15a-af9f-4e4d-a41b-470510796b3c', true);
INSERT INTO public.user_words VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'yuki@wickedsprockets.example', 'a570d15a-af9f-4e4d-a41b-470510796b3c', false);
INSERT INTO public.user_words VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', 'morgan@btsa.example', 'cecef161-ef95-44df-9cc3-dd1417c48f60', false);
INSERT INTO public.user_words VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', 'morgan', 'cecef161-ef95-44df-9cc3-dd1417c48f60', true);
INSERT INTO public.user_words VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', '101', 'cecef161-ef95-44df-9cc3-dd1417c48f60', true);
INSERT INTO public.user_words VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', 'ellis', 'cecef161-ef95-44df-9cc3-dd1417c48f60', true);
INSERT INTO public.user_words VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', 'raman', '2ca73c91-463b-49d1-ac49-851becfd4cef', true);
INSERT INTO public.user_words VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', 'priya', '2ca73c91-463b-49d1-ac49-851becfd4cef', true);
INSERT INTO public.user_words VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', 'priya@btsa.example', '2ca73c91-463b-49d1-ac49-851becfd4cef', false);
INSERT INTO public.user_words VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', '102', '2ca73c91-463b-49d1-ac49-851becfd4cef', true);
INSERT INTO public.user_words VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', '104', '0cd3fea1-d87c-4e7e-9d5c-b68e9f6c813e', true);
INSERT INTO public.user_words VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', 'nadia', '0cd3fea1-d87c-4e7e-9d5c-b68e9f6c813e', true);
INSERT INTO public.user_words VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', 'petrova', '0cd3fea1-d87c-4e7e-9d5c-b68e9f6c813e', true);
INSERT INTO public.user_words VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', 'nadia@btsa.example', '0cd3fea1-d87c-4e7e-9d5c-b68e9f6c813e', false);
INSERT INTO public.user_words VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', 'doyle', 'e71d9dde-76c4-4f0f-a316-29d93ba0190e', true);
INSERT INTO public.user_words VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', 'jack', 'e71d9dde-76c4-4f0f-a316-29d93ba0190e', true);
INSERT INTO public.user_words VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', '103', 'e71d9dde-76c4-4f0f-a316-29d93ba0190e', true);
INSERT INTO public.user_words VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', 'chen', '11e5ebfe-0df6-4ebd-a3a2-052e4b45ea5a', true);
INSERT INTO public.user_words VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', 'amy', '11e5ebfe-0df6-4ebd-a3a2-052e4b45ea5a', true);
INSERT INTO public.user_words VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', '106', '11e5ebfe-0df6-4ebd-a3a2-052e4b45ea5a', true);
INSERT INTO public.user_words VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', 'floor2@btsa.example', '11e5ebfe-0df6-4ebd-a3a2-052e4b45ea5a', false);
INSERT INTO public.user_words VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', 'ortega', 'ce07b2b3-adc4-4910-8db7-8cb5b8c0a045', true);
INSERT INTO public.user_words VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', '105', 'ce07b2b3-adc4-4910-8db7-8cb5b8c0a045', true);
INSERT INTO public.user_words VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', 'luis', 'ce07b2b3-adc4-4910-8db7-8cb5b8c0a045', true);
INSERT INTO public.user_words VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', 'floor2@btsa.example', 'ce07b2b3-adc4-4910-8db7-8cb5b8c0a045', false);
INSERT INTO public.user_words VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', 'etienne@nordique.example', 'acc10d33-4529-49d9-9b00-82f199bc77f9', false);
INSERT INTO public.user_words VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', '302', 'acc10d33-4529-49d9-9b00-82f199bc77f9', true);
INSERT INTO public.user_words VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', 'etienne', 'acc10d33-4529-49d9-9b00-82f199bc77f9', true);
INSERT INTO public.user_words VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', 'bouchard', 'acc10d33-4529-49d9-9b00-82f199bc77f9', true);
INSERT INTO public.user_words VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', 'camille@nordique.example', 'eed1293e-4aff-421d-a01c-403c3ef6bbde', false);
INSERT INTO public.user_words VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', 'gagnon', 'eed1293e-4aff-421d-a01c-403c3ef6bbde', true);
INSERT INTO public.user_words VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', '301', 'eed1293e-4aff-421d-a01c-403c3ef6bbde', true);
INSERT INTO public.user_words VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', 'camille', 'eed1293e-4aff-421d-a01c-403c3ef6bbde', true);
INSERT INTO public.user_words VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', 'marc', 'b7a610df-46ae-425d-869a-6fb22ddba5c7', true);
INSERT INTO public.user_words VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', 'lavoie', 'b7a610df-46ae-425d-869a-6fb22ddba5c7', true);
INSERT INTO public.user_words VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', 'marc@nordique.example', 'b7a610df-46ae-425d-869a-6fb22ddba5c7', false);
INSERT INTO public.user_words VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', '304', 'b7a610df-46ae-425d-869a-6fb22ddba5c7', true);
INSERT INTO public.user_words VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', 'noemie', 'd98872dc-fa0c-4ed8-891f-f6be364a76d8', true);
INSERT INTO public.user_words VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', '303', 'd98872dc-fa0c-4ed8-891f-f6be364a76d8', true);
INSERT INTO public.user_words VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', 'cote', 'd98872dc-fa0c-4ed8-891f-f6be364a76d8', true);
INSERT INTO public.user_words VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', 'accueil@nordique.example', '661067c1-da22-4085-b1b2-101708c972ed', false);
INSERT INTO public.user_words VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', 'roy', '661067c1-da22-4085-b1b2-101708c972ed', true);
INSERT INTO public.user_words VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', '305', '661067c1-da22-4085-b1b2-101708c972ed', true);
INSERT INTO public.user_words VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', 'julie', '661067c1-da22-4085-b1b2-101708c972ed', true);
INSERT INTO public.user_words VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', 'accueil@nordique.example', '450133a9-aead-4485-94c3-ee74a2c3f978', false);
INSERT INTO public.user_words VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', 'pelletier', '450133a9-aead-4485-94c3-ee74a2c3f978', true);
INSERT INTO public.user_words VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', '306', '450133a9-aead-4485-94c3-ee74a2c3f978', true);
INSERT INTO public.user_words VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', 'paul', '450133a9-aead-4485-94c3-ee74a2c3f978', true);

INSERT INTO public.users VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', '7a751709-ff44-4e45-8e30-07646245b1f8', 'dana', '201', 'Dana', 'Reyes', 'dana@wickedsprockets.example', 'administrator', 'active', NULL, NULL, '2026-12-01 03:04:02.495345+00', false, 1, false, DEFAULT, DEFAULT, DEFAULT, false, false);
INSERT INTO public.users VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', '38bce664-79a2-4cec-93e7-137418cc80c1', 'lena', '209', 'Lena', 'Fischer', 'frontdesk@wickedsprockets.example', 'agent', 'active', NULL, NULL, '2026-12-01 03:04:02.868852+00', false, 1, false, DEFAULT, DEFAULT, DEFAULT, false, false);
INSERT INTO public.users VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', '5e914e77-d64f-4697-a39a-eb1b2aefef0a', 'kofi', '210', 'Kofi', 'Mensah', 'frontdesk@wickedsprockets.example', 'agent', 'active', NULL, NULL, '2026-12-01 03:04:03.105083+00', false, 1, false, DEFAULT, DEFAULT, DEFAULT, false, false);
INSERT INTO public.users VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', '4e682926-a78d-4238-83b7-c2dec0633ed1', 'omar', '204', 'Omar', 'Haddad', 'omar@wickedsprockets.example', 'agent', 'active', NULL, NULL, '2026-12-01 03:04:02.811217+00', false, 1, false, DEFAULT, DEFAULT, DEFAULT, false, false);
INSERT INTO public.users VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', '9a223b80-e099-40f2-b3fd-f3654a570c6a', 'piotr', '208', 'Piotr', 'Nowak', 'piotr@wickedsprockets.example', 'agent', 'disabled', NULL, NULL, '2026-12-01 03:04:03.058208+00', false, 1, false, DEFAULT, DEFAULT, DEFAULT, false, false);
INSERT INTO public.users VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'ee52efb9-32b0-4078-a222-357dc90a3592', 'ines', '203', 'Inès', 'Moreau', 'ines@wickedsprockets.example', 'agent', 'active', NULL, NULL, '2026-12-01 03:04:02.759105+00', false, 1, false, DEFAULT, DEFAULT, DEFAULT, false, false);
INSERT INTO public.users VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', '75f7ffe8-863f-4e37-bec7-c82b59251c4c', 'ruth', '207', 'Ruth', 'Abrams', NULL, 'agent', 'active', NULL, NULL, '2026-12-01 03:04:02.901509+00', false, 1, false, DEFAULT, DEFAULT, DEFAULT, false, false);
INSERT INTO public.users VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'e2fa7732-9710-4ba2-a7e6-7200773d4d7f', 'sara', '211', 'Sara', 'Lindqvist', 'sara@wickedsprockets.example', 'agent', 'active', NULL, NULL, '2026-12-01 03:04:03.250763+00', false, 1, false, DEFAULT, DEFAULT, DEFAULT, false, false);
INSERT INTO public.users VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'd1f07648-7c00-4fb2-99a1-cdc97a3f23b2', 'grace', '205', 'Grace', 'Okafor', 'grace@wickedsprockets.example', 'agent', 'active', NULL, NULL, '2026-12-01 03:04:02.810699+00', false, 1, false, DEFAULT, DEFAULT, DEFAULT, false, false);
INSERT INTO public.users VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'a570d15a-af9f-4e4d-a41b-470510796b3c', 'yuki', '212', 'Yuki', 'Mori', 'yuki@wickedsprockets.example', 'agent', 'active', NULL, NULL, '2026-12-01 03:04:03.317494+00', false, 1, false, DEFAULT, DEFAULT, DEFAULT, false, false);
INSERT INTO public.users VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'cce59ea8-b9e7-4f6a-8d51-2b0f15b64a84', 'tomas', '206', 'Tomás', 'Vega', 'tomas@wickedsprockets.example', 'agent', 'active', NULL, NULL, '2026-12-01 03:04:03.019355+00', false, 1, false, DEFAULT, DEFAULT, DEFAULT, false, false);
INSERT INTO public.users VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', '2ca73c91-463b-49d1-ac49-851becfd4cef', 'priya', '102', 'Priya', 'Raman', 'priya@btsa.example', 'agent', 'active', NULL, NULL, '2026-12-01 03:04:03.766497+00', false, 1, false, DEFAULT, DEFAULT, DEFAULT, false, false);
INSERT INTO public.users VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', 'cecef161-ef95-44df-9cc3-dd1417c48f60', 'morgan', '101', 'Morgan', 'Ellis', 'morgan@btsa.example', 'administrator', 'active', NULL, NULL, '2026-12-01 03:04:03.762199+00', false, 1, false, DEFAULT, DEFAULT, DEFAULT, false, false);
INSERT INTO public.users VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', '0cd3fea1-d87c-4e7e-9d5c-b68e9f6c813e', 'nadia', '104', 'Nadia', 'Petrova', 'nadia@btsa.example', 'agent', 'disabled', NULL, NULL, '2026-12-01 03:04:03.854536+00', false, 1, false, DEFAULT, DEFAULT, DEFAULT, false, false);
INSERT INTO public.users VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', 'e71d9dde-76c4-4f0f-a316-29d93ba0190e', 'jack', '103', 'Jack', 'Doyle', NULL, 'agent', 'active', NULL, NULL, '2026-12-01 03:04:03.882627+00', false, 1, false, DEFAULT, DEFAULT, DEFAULT, false, false);
INSERT INTO public.users VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', '11e5ebfe-0df6-4ebd-a3a2-052e4b45ea5a', 'amy', '106', 'Amy', 'Chen', 'floor2@btsa.example', 'agent', 'active', NULL, NULL, '2026-12-01 03:04:04.079812+00', false, 1, false, DEFAULT, DEFAULT, DEFAULT, false, false);
INSERT INTO public.users VALUES ('9ed6e661-37c8-4f60-b9af-90f3822831f6', 'ce07b2b3-adc4-4910-8db7-8cb5b8c0a045', 'luis', '105', 'Luis', 'Ortega', 'floor2@btsa.example', 'agent', 'active', NULL, NULL, '2026-12-01 03:04:04.097187+00', false, 1, false, DEFAULT, DEFAULT, DEFAULT, false, false);
INSERT INTO public.users VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', 'acc10d33-4529-49d9-9b00-82f199bc77f9', 'etienne', '302', 'Étienne', 'Bouchard', 'etienne@nordique.example', 'agent', 'active', NULL, NULL, '2026-12-01 03:04:04.284234+00', false, 1, false, DEFAULT, DEFAULT, DEFAULT, false, false);
INSERT INTO public.users VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', 'eed1293e-4aff-421d-a01c-403c3ef6bbde', 'camille', '301', 'Camille', 'Gagnon', 'camille@nordique.example', 'administrator', 'active', NULL, NULL, '2026-12-01 03:04:04.286099+00', false, 1, false, DEFAULT, DEFAULT, DEFAULT, false, false);
INSERT INTO public.users VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', 'b7a610df-46ae-425d-869a-6fb22ddba5c7', 'marc', '304', 'Marc', 'Lavoie', 'marc@nordique.example', 'agent', 'disabled', NULL, NULL, '2026-12-01 03:04:04.385428+00', false, 1, false, DEFAULT, DEFAULT, DEFAULT, false, false);
INSERT INTO public.users VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', 'd98872dc-fa0c-4ed8-891f-f6be364a76d8', 'noemie', '303', 'Noémie', 'Côté', NULL, 'agent', 'active', NULL, NULL, '2026-12-01 03:04:04.437857+00', false, 1, false, DEFAULT, DEFAULT, DEFAULT, false, false);
INSERT INTO public.users VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', '661067c1-da22-4085-b1b2-101708c972ed', 'julie', '305', 'Julie', 'Roy', 'accueil@nordique.example', 'agent', 'active', NULL, NULL, '2026-12-01 03:04:04.467984+00', false, 1, false, DEFAULT, DEFAULT, DEFAULT, false, false);
INSERT INTO public.users VALUES ('320a8dfd-9ccc-4ced-914d-722c1dfd897f', '450133a9-aead-4485-94c3-ee74a2c3f978', 'paul', '306', 'Paul', 'Pelletier', 'accueil@nordique.example', 'agent', 'active', NULL, NULL, '2026-12-01 03:04:04.596216+00', false, 1, false, DEFAULT, DEFAULT, DEFAULT, false, false);
INSERT INTO public.users VALUES ('acdf9aac-191c-4f68-b807-970c78b30267', 'e1facf77-68af-486e-addd-850ca2919bbf', 'milo', '202', 'Milo', 'Tanaka', 'milo@wickedsprockets.example', 'agent', 'active', NULL, NULL, '2026-12-01 03:04:02.757849+00', false, 1, false, DEFAULT, DEFAULT, DEFAULT, false, true);

INSERT INTO public.volume_limits VALUES ('sign-in:acdf9aac-191c-4f68-b807-970c78b30267:address:192.0.2.7', 1796094900, 0);
INSERT INTO public.volume_limits VALUES ('sign-in:acdf9aac-191c-4f68-b807-970c78b30267:tenant', 1796094900, 0);
INSERT INTO public.volume_limits VALUES ('mail:two-factor-on:recipient:e0d6222128ee3b5fdd40bafed7e954c1', 1796094000, 1);

SELECT pg_catalog.setval('drizzle.__drizzle_migrations_id_seq', 25, true);

ALTER TABLE ONLY drizzle.__drizzle_migrations
    ADD CONSTRAINT __drizzle_migrations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.attempts
    ADD CONSTRAINT attempts_tenant_id_id_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.attempts
    ADD CONSTRAINT attempts_token UNIQUE (tenant_id, token_hash);

ALTER TABLE ONLY public.audit_checks
    ADD CONSTRAINT audit_checks_pkey PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.audit_events
    ADD CONSTRAINT audit_events_tenant_id_seq_pk PRIMARY KEY (tenant_id, seq);

ALTER TABLE ONLY public.audit_heads
    ADD CONSTRAINT audit_heads_pkey PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.brand_logos
    ADD CONSTRAINT brand_logos_pkey PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.branding
    ADD CONSTRAINT branding_pkey PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.bulk_changes
    ADD CONSTRAINT bulk_changes_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.client_warnings
    ADD CONSTRAINT client_warnings_pkey PRIMARY KEY (setting);

ALTER TABLE ONLY public.devices
    ADD CONSTRAINT devices_tenant_id_user_id_token_hash_pk PRIMARY KEY (tenant_id, user_id, token_hash);

ALTER TABLE ONLY public.earlier_passwords
    ADD CONSTRAINT earlier_passwords_tenant_id_user_id_changed_at_pk PRIMARY KEY (tenant_id, user_id, changed_at);

ALTER TABLE ONLY public.email_changes
    ADD CONSTRAINT email_changes_tenant_id_user_id_pk PRIMARY KEY (tenant_id, user_id);

ALTER TABLE ONLY public.email_changes
    ADD CONSTRAINT email_changes_token UNIQUE (tenant_id, token_hash);

ALTER TABLE ONLY public.email_holders
    ADD CONSTRAINT email_holders_pkey PRIMARY KEY (tenant_id, email_key);

ALTER TABLE ONLY public.enrolments
    ADD CONSTRAINT enrolments_tenant_id_user_id_pk PRIMARY KEY (tenant_id, user_id);

ALTER TABLE ONLY public.import_lines
    ADD CONSTRAINT import_lines_pkey PRIMARY KEY (tenant_id, import_id, line);

ALTER TABLE ONLY public.imports
    ADD CONSTRAINT imports_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_code UNIQUE (tenant_id, code_hash);

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_pkey PRIMARY KEY (tenant_id, user_id);

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_token UNIQUE (tenant_id, token_hash);

ALTER TABLE ONLY public.key_checks
    ADD CONSTRAINT key_checks_pkey PRIMARY KEY (key_id);

ALTER TABLE ONLY public.last_sign_ins
    ADD CONSTRAINT last_sign_ins_pkey PRIMARY KEY (tenant_id, user_id);

ALTER TABLE ONLY public.operator_attempts
    ADD CONSTRAINT operator_attempts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.operator_attempts
    ADD CONSTRAINT operator_attempts_token UNIQUE (token_hash);

ALTER TABLE ONLY public.operator_devices
    ADD CONSTRAINT operator_devices_operator_id_token_hash_pk PRIMARY KEY (operator_id, token_hash);

ALTER TABLE ONLY public.operator_recovery_codes
    ADD CONSTRAINT operator_recovery_codes_operator_id_code_digest_pk PRIMARY KEY (operator_id, code_digest);

ALTER TABLE ONLY public.operator_sessions
    ADD CONSTRAINT operator_sessions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.operator_sessions
    ADD CONSTRAINT operator_sessions_token UNIQUE (token_hash);

ALTER TABLE ONLY public.operators
    ADD CONSTRAINT operators_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.operators
    ADD CONSTRAINT operators_username UNIQUE (username);

ALTER TABLE ONLY public.password_resets
    ADD CONSTRAINT password_resets_tenant_id_id_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.password_resets
    ADD CONSTRAINT password_resets_token UNIQUE (tenant_id, token_hash);

ALTER TABLE ONLY public.passwords
    ADD CONSTRAINT passwords_tenant_id_user_id_pk PRIMARY KEY (tenant_id, user_id);

ALTER TABLE ONLY public.phone_accounts
    ADD CONSTRAINT phone_accounts_tenant_id_user_id_pk PRIMARY KEY (tenant_id, user_id);

ALTER TABLE ONLY public.phone_calls
    ADD CONSTRAINT phone_calls_tenant_id_user_id_id_pk PRIMARY KEY (tenant_id, user_id, id);

ALTER TABLE ONLY public.phone_settings
    ADD CONSTRAINT phone_settings_pkey PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.policies
    ADD CONSTRAINT policies_pkey PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.recovery_codes
    ADD CONSTRAINT recovery_codes_tenant_id_user_id_code_digest_pk PRIMARY KEY (tenant_id, user_id, code_digest);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_tenant_id_id_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_token UNIQUE (tenant_id, token_hash);

ALTER TABLE ONLY public.sso_connections
    ADD CONSTRAINT sso_connections_tenant_id_id_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.sso_failures
    ADD CONSTRAINT sso_failures_tenant_id_code_pk PRIMARY KEY (tenant_id, code);

ALTER TABLE ONLY public.sso_flows
    ADD CONSTRAINT sso_flows_request UNIQUE (tenant_id, request_id);

ALTER TABLE ONLY public.sso_flows
    ADD CONSTRAINT sso_flows_tenant_id_id_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.sso_flows
    ADD CONSTRAINT sso_flows_ticket UNIQUE (tenant_id, ticket_hash);

ALTER TABLE ONLY public.sso_links
    ADD CONSTRAINT sso_links_tenant_id_connection_id_issuer_subject_pk PRIMARY KEY (tenant_id, connection_id, issuer, subject);

ALTER TABLE ONLY public.sso_links
    ADD CONSTRAINT sso_links_user UNIQUE (tenant_id, connection_id, user_id);

ALTER TABLE ONLY public.sso_reminders
    ADD CONSTRAINT sso_reminders_tenant_id_connection_id_thing_days_pk PRIMARY KEY (tenant_id, connection_id, thing, days);

ALTER TABLE ONLY public.sso_seen
    ADD CONSTRAINT sso_seen_tenant_id_connection_id_message_id_pk PRIMARY KEY (tenant_id, connection_id, message_id);

ALTER TABLE ONLY public.tenants
    ADD CONSTRAINT tenants_domain_unique UNIQUE (domain);

ALTER TABLE ONLY public.tenants
    ADD CONSTRAINT tenants_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.tenants
    ADD CONSTRAINT tenants_slug_unique UNIQUE (slug);

ALTER TABLE ONLY public.throttles
    ADD CONSTRAINT throttles_tenant_id_kind_key_digest_pk PRIMARY KEY (tenant_id, kind, key_digest);

ALTER TABLE ONLY public.totp_secrets
    ADD CONSTRAINT totp_secrets_tenant_id_user_id_pk PRIMARY KEY (tenant_id, user_id);

ALTER TABLE ONLY public.user_words
    ADD CONSTRAINT user_words_pkey PRIMARY KEY (tenant_id, word, user_id);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_extension UNIQUE (tenant_id, extension);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_tenant_id_id_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_username UNIQUE (tenant_id, username);

ALTER TABLE ONLY public.volume_limits
    ADD CONSTRAINT volume_limits_key_window_pk PRIMARY KEY (key, "window");

CREATE INDEX attempts_user ON public.attempts USING btree (tenant_id, user_id);

CREATE INDEX audit_events_actor ON public.audit_events USING btree (tenant_id, actor_id, at, seq) WHERE (actor_id IS NOT NULL);

CREATE INDEX audit_events_address ON public.audit_events USING btree (tenant_id, address, at, seq);

CREATE INDEX audit_events_at ON public.audit_events USING btree (tenant_id, at, seq);

CREATE INDEX audit_events_event ON public.audit_events USING btree (tenant_id, event, at, seq);

CREATE INDEX audit_events_subject ON public.audit_events USING btree (tenant_id, subject_id, at, seq) WHERE (subject_id IS NOT NULL);

CREATE INDEX email_holders_shared ON public.email_holders USING btree (tenant_id, email_key) WHERE (holders > 1);

CREATE INDEX import_lines_verdict ON public.import_lines USING btree (tenant_id, import_id, verdict, line);

CREATE INDEX imports_recent ON public.imports USING btree (tenant_id, created_at);

CREATE INDEX last_sign_ins_order ON public.last_sign_ins USING btree (tenant_id, at, user_id);

CREATE INDEX operator_attempts_operator ON public.operator_attempts USING btree (operator_id);

CREATE INDEX operator_sessions_operator ON public.operator_sessions USING btree (operator_id);

CREATE INDEX password_resets_user ON public.password_resets USING btree (tenant_id, user_id);

CREATE INDEX phone_calls_old ON public.phone_calls USING btree (tenant_id, started_at);

CREATE INDEX phone_calls_recent ON public.phone_calls USING btree (tenant_id, user_id, started_at);

CREATE INDEX sessions_user ON public.sessions USING btree (tenant_id, user_id);

CREATE UNIQUE INDEX sso_connections_entity ON public.sso_connections USING btree (tenant_id, issuer) WHERE (protocol = 'saml'::text);

CREATE INDEX sso_failures_at ON public.sso_failures USING btree (tenant_id, at);

CREATE INDEX sso_flows_browser ON public.sso_flows USING btree (tenant_id, browser_hash);

CREATE INDEX tenants_name ON public.tenants USING btree (lower(name), id);

CREATE INDEX throttles_locked ON public.throttles USING btree (tenant_id, user_id) WHERE (locked_until IS NOT NULL);

CREATE INDEX user_words_user ON public.user_words USING btree (tenant_id, user_id);

CREATE INDEX users_administrators ON public.users USING btree (tenant_id, sort_name, id) WHERE (role = 'administrator'::text);

CREATE INDEX users_by_age ON public.users USING btree (tenant_id, created_at, id);

CREATE INDEX users_by_email ON public.users USING btree (tenant_id, email_key);

CREATE INDEX users_by_extension ON public.users USING btree (tenant_id, sort_extension, id);

CREATE INDEX users_by_name ON public.users USING btree (tenant_id, sort_name, id) INCLUDE (role, status);

CREATE INDEX users_disabled ON public.users USING btree (tenant_id, sort_name, id) WHERE (status = 'disabled'::text);

CREATE INDEX users_not_enrolled ON public.users USING btree (tenant_id, sort_name, id) WHERE (NOT enrolled);

CREATE INDEX users_waiting ON public.users USING btree (tenant_id, sort_name, id) WHERE waiting;

CREATE INDEX users_without_email ON public.users USING btree (tenant_id, sort_name, id) WHERE (email IS NULL);

CREATE TRIGGER audit_events_chain AFTER INSERT ON public.audit_events REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.advance_audit_head();

CREATE TRIGGER passwords_waiting AFTER INSERT OR DELETE ON public.passwords FOR EACH ROW EXECUTE FUNCTION public.note_password();

CREATE TRIGGER totp_secrets_enrolled AFTER INSERT OR DELETE ON public.totp_secrets FOR EACH ROW EXECUTE FUNCTION public.note_enrolment();

CREATE TRIGGER users_email_changed AFTER UPDATE OF email ON public.users FOR EACH ROW WHEN ((lower((old.email COLLATE "C")) IS DISTINCT FROM lower((new.email COLLATE "C")))) EXECUTE FUNCTION public.note_email_key();

CREATE TRIGGER users_email_new AFTER INSERT ON public.users FOR EACH ROW WHEN ((new.email IS NOT NULL)) EXECUTE FUNCTION public.note_email_key();

CREATE TRIGGER users_forgotten AFTER DELETE ON public.users FOR EACH ROW EXECUTE FUNCTION public.forget_user();

CREATE TRIGGER users_phone_account AFTER UPDATE OF extension ON public.users FOR EACH ROW WHEN ((old.extension IS DISTINCT FROM new.extension)) EXECUTE FUNCTION public.forget_phone_account();

CREATE TRIGGER users_sign_in AFTER INSERT ON public.users FOR EACH ROW EXECUTE FUNCTION public.note_last_sign_in();

CREATE TRIGGER users_version BEFORE UPDATE OF username, extension, first_name, last_name, email, role, status, emergency, second_factor_required, locale ON public.users FOR EACH ROW WHEN (((((((((((old.username IS DISTINCT FROM new.username) OR (old.extension IS DISTINCT FROM new.extension)) OR (old.first_name IS DISTINCT FROM new.first_name)) OR (old.last_name IS DISTINCT FROM new.last_name)) OR (old.email IS DISTINCT FROM new.email)) OR (old.role IS DISTINCT FROM new.role)) OR (old.status IS DISTINCT FROM new.status)) OR (old.emergency IS DISTINCT FROM new.emergency)) OR (old.second_factor_required IS DISTINCT FROM new.second_factor_required)) OR (old.locale IS DISTINCT FROM new.locale))) EXECUTE FUNCTION public.next_user_version();

CREATE TRIGGER users_words_changed AFTER UPDATE OF username, extension, first_name, last_name, email ON public.users FOR EACH ROW WHEN ((((((old.username IS DISTINCT FROM new.username) OR (old.extension IS DISTINCT FROM new.extension)) OR (old.first_name IS DISTINCT FROM new.first_name)) OR (old.last_name IS DISTINCT FROM new.last_name)) OR (old.email IS DISTINCT FROM new.email))) EXECUTE FUNCTION public.note_user_words();

CREATE TRIGGER users_words_new AFTER INSERT ON public.users FOR EACH ROW EXECUTE FUNCTION public.note_user_words();

ALTER TABLE ONLY public.attempts
    ADD CONSTRAINT attempts_tenant_id_user_id_users_tenant_id_id_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.brand_logos
    ADD CONSTRAINT brand_logos_tenant_id_tenants_id_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.branding
    ADD CONSTRAINT branding_tenant_id_tenants_id_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.bulk_changes
    ADD CONSTRAINT bulk_changes_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.devices
    ADD CONSTRAINT devices_tenant_id_user_id_users_tenant_id_id_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.earlier_passwords
    ADD CONSTRAINT earlier_passwords_tenant_id_user_id_users_tenant_id_id_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.email_changes
    ADD CONSTRAINT email_changes_tenant_id_user_id_users_tenant_id_id_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.enrolments
    ADD CONSTRAINT enrolments_tenant_id_user_id_users_tenant_id_id_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.import_lines
    ADD CONSTRAINT import_lines_tenant_id_import_id_fkey FOREIGN KEY (tenant_id, import_id) REFERENCES public.imports(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.imports
    ADD CONSTRAINT imports_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.operator_attempts
    ADD CONSTRAINT operator_attempts_operator_id_fkey FOREIGN KEY (operator_id) REFERENCES public.operators(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.operator_devices
    ADD CONSTRAINT operator_devices_operator_id_fkey FOREIGN KEY (operator_id) REFERENCES public.operators(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.operator_recovery_codes
    ADD CONSTRAINT operator_recovery_codes_operator_id_fkey FOREIGN KEY (operator_id) REFERENCES public.operators(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.operator_sessions
    ADD CONSTRAINT operator_sessions_operator_id_fkey FOREIGN KEY (operator_id) REFERENCES public.operators(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.password_resets
    ADD CONSTRAINT password_resets_tenant_id_user_id_users_tenant_id_id_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.passwords
    ADD CONSTRAINT passwords_tenant_id_user_id_users_tenant_id_id_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.phone_accounts
    ADD CONSTRAINT phone_accounts_tenant_id_user_id_users_tenant_id_id_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.phone_calls
    ADD CONSTRAINT phone_calls_tenant_id_user_id_users_tenant_id_id_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.phone_settings
    ADD CONSTRAINT phone_settings_tenant_id_tenants_id_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.policies
    ADD CONSTRAINT policies_tenant_id_tenants_id_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.recovery_codes
    ADD CONSTRAINT recovery_codes_tenant_id_user_id_users_tenant_id_id_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_tenant_id_user_id_users_tenant_id_id_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sso_connections
    ADD CONSTRAINT sso_connections_tenant_id_tenants_id_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sso_failures
    ADD CONSTRAINT sso_failures_tenant_id_connection_id_sso_connections_tenant_id_ FOREIGN KEY (tenant_id, connection_id) REFERENCES public.sso_connections(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sso_flows
    ADD CONSTRAINT sso_flows_tenant_id_connection_id_sso_connections_tenant_id_id_ FOREIGN KEY (tenant_id, connection_id) REFERENCES public.sso_connections(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sso_links
    ADD CONSTRAINT sso_links_tenant_id_connection_id_sso_connections_tenant_id_id_ FOREIGN KEY (tenant_id, connection_id) REFERENCES public.sso_connections(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sso_links
    ADD CONSTRAINT sso_links_tenant_id_user_id_users_tenant_id_id_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sso_reminders
    ADD CONSTRAINT sso_reminders_tenant_id_connection_id_sso_connections_tenant_id FOREIGN KEY (tenant_id, connection_id) REFERENCES public.sso_connections(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sso_seen
    ADD CONSTRAINT sso_seen_tenant_id_connection_id_sso_connections_tenant_id_id_f FOREIGN KEY (tenant_id, connection_id) REFERENCES public.sso_connections(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.totp_secrets
    ADD CONSTRAINT totp_secrets_tenant_id_user_id_users_tenant_id_id_fk FOREIGN KEY (tenant_id, user_id) REFERENCES public.users(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_tenant_id_tenants_id_fk FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

ALTER TABLE public.attempts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.audit_checks ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.audit_events ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.audit_heads ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.brand_logos ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.branding ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.bulk_changes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.devices ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.earlier_passwords ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.email_changes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.email_holders ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.enrolments ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.import_lines ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.imports ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.invitations ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.last_sign_ins ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.password_resets ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.passwords ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.phone_accounts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.phone_calls ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.phone_settings ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.policies ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.recovery_codes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sessions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sso_connections ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sso_failures ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sso_flows ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sso_links ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sso_reminders ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sso_seen ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant_only ON public.attempts USING ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid));

CREATE POLICY tenant_only ON public.audit_checks USING ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid));

CREATE POLICY tenant_only ON public.audit_events USING ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid));

CREATE POLICY tenant_only ON public.audit_heads USING ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid));

CREATE POLICY tenant_only ON public.brand_logos USING ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid));

CREATE POLICY tenant_only ON public.branding USING ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid));

CREATE POLICY tenant_only ON public.bulk_changes USING ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid));

CREATE POLICY tenant_only ON public.devices USING ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid));

CREATE POLICY tenant_only ON public.earlier_passwords USING ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid));

CREATE POLICY tenant_only ON public.email_changes USING ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid));

CREATE POLICY tenant_only ON public.email_holders USING ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid));

CREATE POLICY tenant_only ON public.enrolments USING ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid));

CREATE POLICY tenant_only ON public.import_lines USING ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid));

CREATE POLICY tenant_only ON public.imports USING ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid));

CREATE POLICY tenant_only ON public.invitations USING ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid));

CREATE POLICY tenant_only ON public.last_sign_ins USING ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid));

CREATE POLICY tenant_only ON public.password_resets USING ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid));

CREATE POLICY tenant_only ON public.passwords USING ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid));

CREATE POLICY tenant_only ON public.phone_accounts USING ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid));

CREATE POLICY tenant_only ON public.phone_calls USING ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid));

CREATE POLICY tenant_only ON public.phone_settings USING ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid));

CREATE POLICY tenant_only ON public.policies USING ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid));

CREATE POLICY tenant_only ON public.recovery_codes USING ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid));

CREATE POLICY tenant_only ON public.sessions USING ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid));

CREATE POLICY tenant_only ON public.sso_connections USING ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid));

CREATE POLICY tenant_only ON public.sso_failures USING ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid));

CREATE POLICY tenant_only ON public.sso_flows USING ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid));

CREATE POLICY tenant_only ON public.sso_links USING ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid));

CREATE POLICY tenant_only ON public.sso_reminders USING ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid));

CREATE POLICY tenant_only ON public.sso_seen USING ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid));

CREATE POLICY tenant_only ON public.throttles USING ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid));

CREATE POLICY tenant_only ON public.totp_secrets USING ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid));

CREATE POLICY tenant_only ON public.user_words USING ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid));

CREATE POLICY tenant_only ON public.users USING ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid));

ALTER TABLE public.throttles ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.totp_secrets ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.user_words ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.users ENABLE ROW LEVEL SECURITY;

