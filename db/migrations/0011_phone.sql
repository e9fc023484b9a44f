ALTER TABLE "policies" ADD COLUMN "call_grace_minutes" integer DEFAULT 240 NOT NULL;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "busy_at" timestamp with time zone;--> statement-breakpoint
CREATE TABLE "phone_settings" (
	"tenant_id" uuid PRIMARY KEY NOT NULL,
	"domain" text NOT NULL,
	"socket" text NOT NULL,
	"ice_servers" text[] DEFAULT '{}' NOT NULL,
	"way" text NOT NULL,
	"sealed_secret" text,
	"country" text NOT NULL,
	"other_domains" boolean DEFAULT false NOT NULL,
	"wrap_up_seconds" integer DEFAULT 30 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "phone_accounts" (
	"tenant_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"extension" text NOT NULL,
	"domain" text NOT NULL,
	"sealed_ha1" text NOT NULL,
	"set_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "phone_accounts_tenant_id_user_id_pk" PRIMARY KEY("tenant_id","user_id")
);
--> statement-breakpoint
CREATE TABLE "phone_calls" (
	"tenant_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"direction" text NOT NULL,
	"outcome" text NOT NULL,
	"peer" text NOT NULL,
	"peer_name" text,
	"started_at" timestamp with time zone NOT NULL,
	"answered_at" timestamp with time zone,
	"ended_at" timestamp with time zone NOT NULL,
	CONSTRAINT "phone_calls_tenant_id_user_id_id_pk" PRIMARY KEY("tenant_id","user_id","id")
);
--> statement-breakpoint
ALTER TABLE "phone_settings" ADD CONSTRAINT "phone_settings_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "phone_accounts" ADD CONSTRAINT "phone_accounts_tenant_id_user_id_users_tenant_id_id_fk" FOREIGN KEY ("tenant_id","user_id") REFERENCES "public"."users"("tenant_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "phone_calls" ADD CONSTRAINT "phone_calls_tenant_id_user_id_users_tenant_id_id_fk" FOREIGN KEY ("tenant_id","user_id") REFERENCES "public"."users"("tenant_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "phone_calls_recent" ON "phone_calls" USING btree ("tenant_id","user_id","started_at");--> statement-breakpoint
CREATE INDEX "phone_calls_old" ON "phone_calls" USING btree ("tenant_id","started_at");--> statement-breakpoint
DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['phone_settings', 'phone_accounts', 'phone_calls'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format(
      'CREATE POLICY tenant_only ON %I USING (tenant_id = NULLIF(current_setting(''app.tenant'', true), '''')::uuid)'
      ' WITH CHECK (tenant_id = NULLIF(current_setting(''app.tenant'', true), '''')::uuid)', t);
  END LOOP;
END $$;
--> statement-breakpoint
ALTER TABLE policies ADD CONSTRAINT policies_call_grace CHECK (call_grace_minutes BETWEEN 15 AND 240);
--> statement-breakpoint
ALTER TABLE phone_settings
  ADD CONSTRAINT phone_settings_way CHECK (way = 'per-user' OR way = 'ephemeral' AND sealed_secret IS NOT NULL),
  ADD CONSTRAINT phone_settings_form CHECK (length(domain) BETWEEN 1 AND 253 AND socket ~ '^wss?://' AND length(socket) <= 300
    AND cardinality(ice_servers) <= 10 AND country ~ '^[A-Z]{2}$' AND wrap_up_seconds BETWEEN 0 AND 600);
--> statement-breakpoint
ALTER TABLE phone_calls
  ADD CONSTRAINT phone_calls_form CHECK (direction IN ('in', 'out') AND length(peer) BETWEEN 1 AND 200 AND length(peer_name) <= 100
    AND outcome IN ('answered', 'missed', 'rejected', 'elsewhere', 'busy', 'no-answer', 'failed', 'cancelled'));
--> statement-breakpoint
-- An account at the SIP server is its extension's: another extension has another one, or none.
CREATE FUNCTION forget_phone_account() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM phone_accounts WHERE tenant_id = NEW.tenant_id AND user_id = NEW.id;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER users_phone_account AFTER UPDATE OF extension ON users FOR EACH ROW
  WHEN (OLD.extension IS DISTINCT FROM NEW.extension) EXECUTE FUNCTION forget_phone_account();
--> statement-breakpoint
-- Where the phone of a person connects to, or nothing where he has none: his extension opens an account at the tenant's SIP server.
CREATE FUNCTION phone_socket(p_tenant uuid, p_user uuid, p_extension text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT f.socket FROM phone_settings f
  WHERE f.tenant_id = p_tenant AND (f.way = 'ephemeral' OR EXISTS (SELECT FROM phone_accounts a
    WHERE a.tenant_id = p_tenant AND a.user_id = p_user AND a.extension = p_extension AND a.domain = f.domain))
$$;
--> statement-breakpoint
-- When a session has been idle for too long. A call counts as doing something, but only so long after the last time the person
-- did anything himself. A minute is added because the clock of interactions moves at most once in one.
CREATE FUNCTION idle_until(p policies, s sessions) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT least(greatest(s.last_seen_at, s.busy_at) + make_interval(mins => p.idle_minutes),
    s.last_seen_at + make_interval(mins => greatest(p.idle_minutes, p.call_grace_minutes))) + interval '60 seconds'
$$;
--> statement-breakpoint
-- As before, with a call counted.
CREATE OR REPLACE FUNCTION session_bar(p policies, s sessions, u users, p_address text) RETURNS text LANGUAGE sql STABLE AS $$
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
--> statement-breakpoint
-- As before, and: whether the person has a phone, and where it connects to.
CREATE OR REPLACE FUNCTION find_session(p_slug text, p_domain text, p_token_hash bytea, p_slide boolean, p_address text DEFAULT NULL) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
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
          UPDATE sessions SET last_seen_at = now() WHERE tenant_id = t.id AND id = s.id;
          s.last_seen_at := now();
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
--> statement-breakpoint
-- As before, and: whether the person has a phone, so that a sign-in ends there.
CREATE OR REPLACE FUNCTION complete_sign_in(p_tenant uuid, p_user uuid, p_token bytea, p_factor text, p_address text, p_agent text, p_device bytea,
  p_connection uuid, p_subject text, p_index text, p_hint text)
RETURNS json LANGUAGE plpgsql SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
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
    RETURNING u.email, u.role, u.previous_sign_in_at AS before, p.absolute_minutes, u.extension,
      'phone' = ANY (t.entitlements) AS entitled,
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
    'phone', person.entitled AND person.extension IS NOT NULL AND phone_socket(p_tenant, p_user, person.extension) IS NOT NULL,
    'newDeviceFor', CASE WHEN device.is_new AND person.before IS NOT NULL THEN person.email END,
    'head', json_build_object('seq', head.seq, 'mac', encode(head.mac, 'base64'),
      'at', floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint));
END $$;
--> statement-breakpoint
-- A call rings, runs or is wrapped up in this session. Promises the milliseconds that it now has; null where it is gone.
CREATE FUNCTION note_busy(p_tenant uuid, p_session uuid) RETURNS double precision
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
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
--> statement-breakpoint
-- Calls are kept for ninety days.
CREATE FUNCTION purge_phone_calls(t uuid) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM set_config('app.tenant', t::text, true);
  DELETE FROM phone_calls WHERE tenant_id = t AND started_at < now() - interval '90 days';
END $$;
