-- When and from where somebody signed in last stands in a row of its own, no longer in the user's: every change of a user
-- computes anew what lists are sorted by, and keeps a version of a wide row.
ALTER TABLE last_sign_ins ADD COLUMN address text, ADD COLUMN previous_at timestamp with time zone, ADD COLUMN previous_address text;
--> statement-breakpoint
DO $$
DECLARE
  t uuid;
BEGIN
  FOR t IN SELECT id FROM tenants LOOP
    PERFORM set_config('app.tenant', t::text, true);
    UPDATE last_sign_ins s SET address = u.last_sign_in_address, previous_at = u.previous_sign_in_at,
        previous_address = u.previous_sign_in_address
      FROM users u WHERE s.tenant_id = t AND u.tenant_id = t AND u.id = s.user_id AND u.last_sign_in_at IS NOT NULL;
  END LOOP;
  PERFORM set_config('app.tenant', '', true);
END $$;
--> statement-breakpoint
DROP TRIGGER users_sign_in ON users;
--> statement-breakpoint
DROP TRIGGER users_came ON users;
--> statement-breakpoint
DROP FUNCTION wait_no_longer();
--> statement-breakpoint
CREATE OR REPLACE FUNCTION note_last_sign_in() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO last_sign_ins (tenant_id, user_id) VALUES (NEW.tenant_id, NEW.id);
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER users_sign_in AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION note_last_sign_in();
--> statement-breakpoint
CREATE OR REPLACE FUNCTION note_password() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE users u SET waiting = TG_OP = 'DELETE' AND NOT EXISTS (SELECT FROM last_sign_ins s
      WHERE s.tenant_id = u.tenant_id AND s.user_id = u.id AND s.at > '-infinity')
    WHERE u.tenant_id = coalesce(NEW.tenant_id, OLD.tenant_id) AND u.id = coalesce(NEW.user_id, OLD.user_id)
      AND (u.waiting OR TG_OP = 'DELETE');
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION home_overview(p_tenant uuid, p_user uuid) RETURNS json
LANGUAGE plpgsql SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
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
--> statement-breakpoint
CREATE OR REPLACE FUNCTION preview_policy(p_tenant uuid, p_change jsonb, p_user uuid, p_session uuid, p_address text) RETURNS json
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
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
--> statement-breakpoint
-- As before, and without waiting for the disk: what a try comes to is committed behind it and takes it along, and a refusal that
-- a crash forgets refuses again.
CREATE OR REPLACE FUNCTION begin_sign_in(p_tenant uuid, p_username text, p_extension text, p_unknown_key bytea, p_device bytea,
  p_volume_key text, p_window integer, p_most integer) RETURNS json
LANGUAGE plpgsql SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  retry_after integer;
BEGIN
  PERFORM set_config('synchronous_commit', 'off', true);
  IF p_volume_key IS NOT NULL THEN
    retry_after := count_volume(p_volume_key, p_window, p_most, 1);
    IF retry_after IS NOT NULL THEN RETURN json_build_object('retryAfter', retry_after); END IF;
  END IF;
  RETURN begin_password(p_tenant, p_username, p_extension, p_unknown_key, p_device);
END $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION complete_sign_in(p_tenant uuid, p_user uuid, p_token bytea, p_factor text, p_address text, p_agent text, p_device bytea,
  p_connection uuid, p_subject text, p_index text, p_hint text)
RETURNS json LANGUAGE plpgsql SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
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
--> statement-breakpoint
ALTER TABLE users DROP COLUMN last_sign_in_at, DROP COLUMN last_sign_in_address, DROP COLUMN previous_sign_in_at, DROP COLUMN previous_sign_in_address;
