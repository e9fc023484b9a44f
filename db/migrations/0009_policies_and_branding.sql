ALTER TABLE "policies" ADD COLUMN "second_factor_from" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "policies" ADD COLUMN "remember_devices" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "policies" ADD COLUMN "password_history" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "policies" ADD COLUMN "lock_tries" integer DEFAULT 5 NOT NULL;--> statement-breakpoint
ALTER TABLE "policies" ADD COLUMN "lock_minutes" integer DEFAULT 15 NOT NULL;--> statement-breakpoint
ALTER TABLE "policies" ADD COLUMN "networks" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "policies" ADD COLUMN "version" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "devices" ADD COLUMN "id" uuid DEFAULT gen_random_uuid() NOT NULL;--> statement-breakpoint
ALTER TABLE "devices" ADD COLUMN "remembered_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "devices" ADD COLUMN "address" text;--> statement-breakpoint
ALTER TABLE "devices" ADD COLUMN "user_agent" text;--> statement-breakpoint
CREATE TABLE "earlier_passwords" (
	"tenant_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"changed_at" timestamp with time zone NOT NULL,
	"hash" text NOT NULL,
	CONSTRAINT "earlier_passwords_tenant_id_user_id_changed_at_pk" PRIMARY KEY("tenant_id","user_id","changed_at")
);
--> statement-breakpoint
CREATE TABLE "branding" (
	"tenant_id" uuid PRIMARY KEY NOT NULL,
	"name_en" text,
	"name_fr" text,
	"support_en" text,
	"support_fr" text,
	"note_en" text,
	"note_fr" text,
	"colour" text,
	"logo_version" text,
	"logo_width" integer,
	"logo_height" integer
);
--> statement-breakpoint
CREATE TABLE "brand_logos" (
	"tenant_id" uuid PRIMARY KEY NOT NULL,
	"version" text NOT NULL,
	"png" "bytea" NOT NULL
);
--> statement-breakpoint
ALTER TABLE "earlier_passwords" ADD CONSTRAINT "earlier_passwords_tenant_id_user_id_users_tenant_id_id_fk" FOREIGN KEY ("tenant_id","user_id") REFERENCES "public"."users"("tenant_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "branding" ADD CONSTRAINT "branding_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "brand_logos" ADD CONSTRAINT "brand_logos_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['earlier_passwords', 'branding', 'brand_logos'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format(
      'CREATE POLICY tenant_only ON %I USING (tenant_id = NULLIF(current_setting(''app.tenant'', true), '''')::uuid)'
      ' WITH CHECK (tenant_id = NULLIF(current_setting(''app.tenant'', true), '''')::uuid)', t);
  END LOOP;
END $$;
--> statement-breakpoint
ALTER TABLE policies
  ADD CONSTRAINT policies_more_bounds CHECK (password_history BETWEEN 0 AND 10 AND lock_tries BETWEEN 3 AND 10
    AND lock_minutes BETWEEN 5 AND 60 AND cardinality(networks) <= 50),
  ADD CONSTRAINT policies_networks CHECK (networks::cidr[] IS NOT NULL);
--> statement-breakpoint
ALTER TABLE branding
  ADD CONSTRAINT branding_colour CHECK (colour ~ '^#[0-9a-f]{6}$'),
  ADD CONSTRAINT branding_sizes CHECK (length(name_en) <= 60 AND length(name_fr) <= 60 AND length(support_en) <= 200
    AND length(support_fr) <= 200 AND length(note_en) <= 300 AND length(note_fr) <= 300),
  ADD CONSTRAINT branding_logo CHECK ((logo_version IS NULL) = (logo_width IS NULL) AND (logo_version IS NULL) = (logo_height IS NULL));
--> statement-breakpoint
ALTER TABLE brand_logos ADD CONSTRAINT brand_logos_size CHECK (octet_length(png) <= 262144);
--> statement-breakpoint
-- Whether an address lies in the networks that a tenant allows; without any it always does. What is no address lies nowhere.
CREATE FUNCTION address_allowed(p_networks text[], p_address text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE SET search_path = public, pg_temp AS $$
BEGIN
  IF cardinality(p_networks) = 0 THEN RETURN true; END IF;
  RETURN coalesce(regexp_replace(p_address, '^::ffff:(?=\d+\.)', '')::inet <<= ANY (p_networks::cidr[]), false);
EXCEPTION WHEN invalid_text_representation THEN
  RETURN false;
END $$;
--> statement-breakpoint
-- The second factor that is asked for today: a requirement with a day of its own is a choice until then.
CREATE FUNCTION second_factor_today(p policies) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN p.second_factor = 'required' AND p.second_factor_from > now() THEN 'optional' ELSE p.second_factor END
$$;
--> statement-breakpoint
-- Why a session opens nothing under a policy, or nothing where it does open. The guard of every request asks it, and so does
-- the preview of a policy that is not yet in force. An emergency account with a factor of its own comes in from anywhere.
CREATE FUNCTION session_bar(p policies, s sessions, u users, p_address text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN u.id IS NULL OR u.status <> 'active' THEN 'ended'
    WHEN least(s.absolute_until, s.created_at + make_interval(mins => p.absolute_minutes)) <= now() THEN 'absolute'
    WHEN s.last_seen_at + make_interval(mins => p.idle_minutes, secs => 60) <= now() THEN 'idle'
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
--> statement-breakpoint
-- As before, and: the address that asks, the policy that holds today, and the tenant's brand.
DROP FUNCTION find_session(text, text, bytea, boolean);
--> statement-breakpoint
CREATE FUNCTION find_session(p_slug text, p_domain text, p_token_hash bytea, p_slide boolean, p_address text DEFAULT NULL) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  t tenants%ROWTYPE;
  p policies%ROWTYPE;
  s sessions%ROWTYPE;
  u users%ROWTYPE;
  b branding%ROWTYPE;
  why text;
  left_over interval;
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
          UPDATE sessions SET last_seen_at = now() WHERE tenant_id = t.id AND id = s.id;
          s.last_seen_at := now();
        END IF;
        left_over := least(s.last_seen_at + make_interval(mins => p.idle_minutes, secs => 60), s.absolute_until,
          s.created_at + make_interval(mins => p.absolute_minutes)) - now();
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
      'idleMinutes', p.idle_minutes, 'absoluteMinutes', p.absolute_minutes),
    'why', why,
    'session', CASE WHEN s.id IS NOT NULL AND why IS NULL THEN json_build_object('id', s.id, 'factor', s.factor,
      'connectionId', s.connection_id, 'createdAt', s.created_at,
      'msLeft', floor(extract(epoch FROM left_over) * 1000)) END,
    'user', CASE WHEN s.id IS NOT NULL AND why IS NULL THEN json_build_object('id', u.id, 'username', u.username,
      'extension', u.extension, 'firstName', u.first_name, 'lastName', u.last_name, 'email', u.email, 'role', u.role,
      'emergency', u.emergency, 'locale', u.locale, 'timeZone', u.time_zone) END);
END $$;
--> statement-breakpoint
-- As before, and: a factor may be a device that this person has chosen to be remembered on, as long as the tenant wants that;
-- and nobody comes in from outside the tenant's networks but an emergency account with a factor of its own.
CREATE OR REPLACE FUNCTION complete_sign_in(p_tenant uuid, p_user uuid, p_token bytea, p_factor text, p_address text, p_agent text, p_device bytea,
  p_connection uuid, p_subject text, p_index text, p_hint text)
RETURNS json LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  person record;
  session record;
  device record;
  head record;
BEGIN
  -- Waits by itself first: the UPDATE then sees what the one waited for has done, an enrolment among it.
  PERFORM 1 FROM users WHERE tenant_id = p_tenant AND id = p_user FOR UPDATE;
  IF p_factor = 'device' AND NOT EXISTS (SELECT FROM devices d JOIN policies p ON p.tenant_id = d.tenant_id
      WHERE d.tenant_id = p_tenant AND d.user_id = p_user AND d.token_hash = p_device AND d.remembered_until > now() AND p.remember_devices) THEN
    RETURN NULL;
  END IF;
  UPDATE users u SET previous_sign_in_at = u.last_sign_in_at, previous_sign_in_address = u.last_sign_in_address,
      last_sign_in_at = now(), last_sign_in_address = p_address
    FROM policies p, tenants t
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
        OR address_allowed(p.networks, p_address))
    RETURNING u.email, u.role, u.previous_sign_in_at AS before, p.absolute_minutes,
      p_connection IS NULL AND p.password_hidden AND 'single-sign-on' = ANY (t.entitlements) AS emergency INTO person;
  IF NOT FOUND THEN RETURN NULL; END IF;
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
    'newDeviceFor', CASE WHEN device.is_new AND person.before IS NOT NULL THEN person.email END,
    'head', json_build_object('seq', head.seq, 'mac', encode(head.mac, 'base64'),
      'at', floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint));
END $$;
--> statement-breakpoint
-- As before, with the tenant's own numbers: so many tries in fifteen minutes, then so many minutes of refusal whose end does
-- not move. Whoever waited for that end begins anew. An identifier that nobody has is counted by the same numbers.
CREATE OR REPLACE FUNCTION take_try(p_tenant uuid, p_kind text, p_key bytea, p_user uuid) RETURNS json
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  r throttles%ROWTYPE;
  tries integer := 5;
  lock_for interval := interval '15 minutes';
BEGIN
  PERFORM set_config('app.tenant', p_tenant::text, true);
  SELECT lock_tries, make_interval(mins => lock_minutes) INTO tries, lock_for FROM policies WHERE tenant_id = p_tenant;
  tries := coalesce(tries, 5);
  lock_for := coalesce(lock_for, interval '15 minutes');
  INSERT INTO throttles AS t (tenant_id, kind, key_digest, user_id, fails, streak, window_start)
  VALUES (p_tenant, p_kind, p_key, p_user, 1, 1, now())
  ON CONFLICT (tenant_id, kind, key_digest) DO UPDATE SET
    refused = CASE WHEN t.locked_until > now() THEN t.refused + 1 ELSE 0 END,
    fails = CASE WHEN t.locked_until > now() THEN t.fails
                 WHEN t.locked_until IS NOT NULL OR t.window_start <= now() - interval '15 minutes' THEN 1 ELSE t.fails + 1 END,
    streak = CASE WHEN t.locked_until > now() THEN t.streak ELSE t.streak + 1 END,
    window_start = CASE WHEN t.locked_until > now() OR t.locked_until IS NULL AND t.window_start > now() - interval '15 minutes'
                        THEN t.window_start ELSE now() END,
    locked_until = CASE WHEN t.locked_until > now() THEN t.locked_until
                        WHEN t.streak + 1 >= 100 THEN 'infinity'
                        WHEN t.locked_until IS NULL AND t.window_start > now() - interval '15 minutes' AND t.fails + 1 >= tries
                        THEN now() + lock_for END
  RETURNING * INTO r;
  RETURN json_build_object(
    'refused', r.refused > 0,
    'locks', r.locked_until IS NOT NULL AND r.refused = 0,
    'stopped', coalesce(r.locked_until = 'infinity', false),
    'minutes', CASE WHEN r.locked_until < 'infinity' THEN ceil(extract(epoch FROM r.locked_until - now()) / 60)::int END);
END $$;
--> statement-breakpoint
-- As before, and: whether this person is remembered on this device.
CREATE OR REPLACE FUNCTION begin_password(p_tenant uuid, p_username text, p_extension text, p_unknown_key bytea, p_device bytea) RETURNS json
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  u users%ROWTYPE;
  p passwords%ROWTYPE;
  d devices%ROWTYPE;
  budget bytea;
BEGIN
  PERFORM set_config('app.tenant', p_tenant::text, true);
  IF p_username IS NOT NULL THEN
    SELECT * INTO u FROM users WHERE tenant_id = p_tenant AND username = p_username;
  ELSIF p_extension IS NOT NULL THEN
    SELECT * INTO u FROM users WHERE tenant_id = p_tenant AND extension = p_extension;
  END IF;
  budget := p_unknown_key;
  IF u.id IS NOT NULL THEN
    SELECT * INTO p FROM passwords WHERE tenant_id = p_tenant AND user_id = u.id;
    budget := uuid_send(u.id);
    SELECT * INTO d FROM devices WHERE tenant_id = p_tenant AND user_id = u.id AND token_hash = p_device;
    IF d.id IS NOT NULL THEN
      budget := budget || p_device;
    END IF;
  END IF;
  RETURN json_build_object(
    'try', take_try(p_tenant, 'password', budget, u.id),
    'budget', encode(budget, 'base64'),
    'user', CASE WHEN u.id IS NOT NULL AND u.status = 'active' THEN json_build_object('id', u.id, 'firstName', u.first_name,
      'email', u.email, 'locale', u.locale, 'emergency', u.emergency,
      'secondFactorRequired', u.second_factor_required, 'hasSecondFactor',
      EXISTS (SELECT FROM totp_secrets WHERE tenant_id = p_tenant AND user_id = u.id),
      'remembered', coalesce(d.remembered_until > now(), false)) END,
    'subject', u.id,
    'hash', p.hash,
    'changedAt', p.changed_at::text,
    'temporary', p.temporary_until IS NOT NULL,
    'expired', coalesce(p.temporary_until <= now(), false));
END $$;
--> statement-breakpoint
-- Whom a policy would touch if it were saved now: `p_change` holds columns of policies. The session that asks is judged by the
-- address it asks from, every other by the address it began at; an administrator without a session by where he last came from.
CREATE FUNCTION preview_policy(p_tenant uuid, p_change jsonb, p_user uuid, p_session uuid, p_address text) RETURNS json
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
    SELECT u.id, u.role, u.email, u.emergency, u.last_sign_in_address AS last,
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
ALTER FUNCTION find_session(text, text, bytea, boolean, text) SET plan_cache_mode = force_generic_plan;
--> statement-breakpoint
ALTER FUNCTION complete_sign_in(uuid, uuid, bytea, text, text, text, bytea, uuid, text, text, text) SET plan_cache_mode = force_generic_plan;
