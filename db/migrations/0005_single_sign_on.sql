CREATE TABLE "sso_connections" (
	"tenant_id" uuid NOT NULL,
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"protocol" text NOT NULL,
	"label" text NOT NULL,
	"position" integer NOT NULL,
	"state" text DEFAULT 'draft' NOT NULL,
	"enabled" boolean DEFAULT true NOT NULL,
	"issuer" text NOT NULL,
	"settings" jsonb NOT NULL,
	"sealed_secret" text,
	"secret_expires_at" timestamp with time zone,
	"create_users" boolean DEFAULT false NOT NULL,
	"create_role" text DEFAULT 'agent' NOT NULL,
	"tested_at" timestamp with time zone,
	"administrator_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "sso_connections_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
CREATE TABLE "sso_failures" (
	"tenant_id" uuid NOT NULL,
	"code" text NOT NULL,
	"connection_id" uuid,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"reason" text NOT NULL,
	"received" jsonb NOT NULL,
	"address" text NOT NULL,
	"request_id" text NOT NULL,
	CONSTRAINT "sso_failures_tenant_id_code_pk" PRIMARY KEY("tenant_id","code")
);
--> statement-breakpoint
CREATE TABLE "sso_flows" (
	"tenant_id" uuid NOT NULL,
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"connection_id" uuid NOT NULL,
	"purpose" text NOT NULL,
	"browser_hash" "bytea" NOT NULL,
	"request_id" text,
	"return_to" text,
	"user_id" uuid,
	"ticket_hash" "bytea",
	"ticket_until" timestamp with time zone,
	"result" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone,
	CONSTRAINT "sso_flows_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "sso_flows_request" UNIQUE("tenant_id","request_id"),
	CONSTRAINT "sso_flows_ticket" UNIQUE("tenant_id","ticket_hash")
);
--> statement-breakpoint
CREATE TABLE "sso_links" (
	"tenant_id" uuid NOT NULL,
	"connection_id" uuid NOT NULL,
	"issuer" text NOT NULL,
	"subject" text NOT NULL,
	"user_id" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_used_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "sso_links_tenant_id_connection_id_issuer_subject_pk" PRIMARY KEY("tenant_id","connection_id","issuer","subject"),
	CONSTRAINT "sso_links_user" UNIQUE("tenant_id","connection_id","user_id")
);
--> statement-breakpoint
CREATE TABLE "sso_reminders" (
	"tenant_id" uuid NOT NULL,
	"connection_id" uuid NOT NULL,
	"thing" text NOT NULL,
	"days" integer NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "sso_reminders_tenant_id_connection_id_thing_days_pk" PRIMARY KEY("tenant_id","connection_id","thing","days")
);
--> statement-breakpoint
CREATE TABLE "sso_seen" (
	"tenant_id" uuid NOT NULL,
	"connection_id" uuid NOT NULL,
	"message_id" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "sso_seen_tenant_id_connection_id_message_id_pk" PRIMARY KEY("tenant_id","connection_id","message_id")
);
--> statement-breakpoint
ALTER TABLE "policies" ADD COLUMN "sso_second_factor" text DEFAULT 'when-missing' NOT NULL;--> statement-breakpoint
ALTER TABLE "policies" ADD COLUMN "password_hidden" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "connection_id" uuid;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "sso_subject" text;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "sso_index" text;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "sealed_hint" text;--> statement-breakpoint
ALTER TABLE "attempts" ADD COLUMN "connection_id" uuid;--> statement-breakpoint
ALTER TABLE "attempts" ADD COLUMN "sso_subject" text;--> statement-breakpoint
ALTER TABLE "attempts" ADD COLUMN "sso_index" text;--> statement-breakpoint
ALTER TABLE "attempts" ADD COLUMN "sealed_hint" text;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "emergency" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "sso_connections" ADD CONSTRAINT "sso_connections_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sso_failures" ADD CONSTRAINT "sso_failures_tenant_id_connection_id_sso_connections_tenant_id_id_fk" FOREIGN KEY ("tenant_id","connection_id") REFERENCES "public"."sso_connections"("tenant_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sso_flows" ADD CONSTRAINT "sso_flows_tenant_id_connection_id_sso_connections_tenant_id_id_fk" FOREIGN KEY ("tenant_id","connection_id") REFERENCES "public"."sso_connections"("tenant_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sso_links" ADD CONSTRAINT "sso_links_tenant_id_connection_id_sso_connections_tenant_id_id_fk" FOREIGN KEY ("tenant_id","connection_id") REFERENCES "public"."sso_connections"("tenant_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sso_links" ADD CONSTRAINT "sso_links_tenant_id_user_id_users_tenant_id_id_fk" FOREIGN KEY ("tenant_id","user_id") REFERENCES "public"."users"("tenant_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sso_reminders" ADD CONSTRAINT "sso_reminders_tenant_id_connection_id_sso_connections_tenant_id_id_fk" FOREIGN KEY ("tenant_id","connection_id") REFERENCES "public"."sso_connections"("tenant_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sso_seen" ADD CONSTRAINT "sso_seen_tenant_id_connection_id_sso_connections_tenant_id_id_fk" FOREIGN KEY ("tenant_id","connection_id") REFERENCES "public"."sso_connections"("tenant_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "sso_connections_entity" ON "sso_connections" USING btree ("tenant_id","issuer") WHERE protocol = 'saml';--> statement-breakpoint
CREATE INDEX "sso_failures_at" ON "sso_failures" USING btree ("tenant_id","at");--> statement-breakpoint
CREATE INDEX "sso_flows_browser" ON "sso_flows" USING btree ("tenant_id","browser_hash");--> statement-breakpoint
DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['sso_connections', 'sso_links', 'sso_flows', 'sso_seen', 'sso_failures', 'sso_reminders'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format(
      'CREATE POLICY tenant_only ON %I USING (tenant_id = NULLIF(current_setting(''app.tenant'', true), '''')::uuid)'
      ' WITH CHECK (tenant_id = NULLIF(current_setting(''app.tenant'', true), '''')::uuid)', t);
  END LOOP;
END $$;
--> statement-breakpoint
ALTER TABLE sso_connections
  ADD CONSTRAINT sso_connections_label CHECK (length(label) BETWEEN 1 AND 60),
  ADD CONSTRAINT sso_connections_sizes CHECK (length(issuer) <= 1024 AND pg_column_size(settings) <= 262144);
--> statement-breakpoint
ALTER TABLE sso_links ADD CONSTRAINT sso_links_subject CHECK (length(subject) BETWEEN 1 AND 1024);
--> statement-breakpoint
-- As before, and: what the tenant asks of identity providers, who may still use a password, and whose session came through one.
CREATE OR REPLACE FUNCTION find_session(p_slug text, p_domain text, p_token_hash bytea, p_slide boolean) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  t tenants%ROWTYPE;
  p policies%ROWTYPE;
  s sessions%ROWTYPE;
  u users%ROWTYPE;
  why text;
  idle_left interval;
BEGIN
  IF p_slug IS NOT NULL THEN
    SELECT * INTO t FROM tenants WHERE slug = p_slug;
  ELSE
    SELECT * INTO t FROM tenants WHERE domain = p_domain;
  END IF;
  IF t.id IS NULL THEN RETURN NULL; END IF;
  PERFORM set_config('app.tenant', t.id::text, true);
  SELECT * INTO p FROM policies WHERE tenant_id = t.id;
  -- Without single sign-on there is nothing that could stand instead of a password.
  p.password_hidden := p.password_hidden AND 'single-sign-on' = ANY (t.entitlements);

  IF p_token_hash IS NOT NULL AND t.status = 'active' THEN
    SELECT * INTO s FROM sessions WHERE tenant_id = t.id AND token_hash = p_token_hash;
    IF s.id IS NULL THEN
      why := 'ended';
    ELSE
      SELECT * INTO u FROM users WHERE tenant_id = t.id AND id = s.user_id;
      idle_left := s.last_seen_at + make_interval(mins => p.idle_minutes, secs => 60) - now();
      why := CASE
        WHEN u.id IS NULL OR u.status <> 'active' THEN 'ended'
        WHEN s.absolute_until <= now() THEN 'absolute'
        WHEN idle_left <= interval '0' THEN 'idle'
        WHEN p.password_hidden AND s.connection_id IS NULL AND NOT u.emergency THEN 'single-sign-on'
        WHEN p.password_hidden AND s.connection_id IS NULL AND s.factor IS NULL THEN 'second-factor'
        WHEN p.second_factor = 'required' AND CASE
          WHEN s.connection_id IS NULL THEN s.factor IS NULL
          WHEN p.sso_second_factor = 'when-missing' THEN s.factor IS NULL
          ELSE p.sso_second_factor = 'always' AND coalesce(s.factor, 'provider') = 'provider' END THEN 'second-factor'
      END;
      IF why IS NULL AND p_slide AND s.last_seen_at < now() - interval '60 seconds' THEN
        PERFORM set_config('synchronous_commit', 'off', true);
        UPDATE sessions SET last_seen_at = now() WHERE tenant_id = t.id AND id = s.id;
        idle_left := make_interval(mins => p.idle_minutes, secs => 60);
      END IF;
    END IF;
  END IF;

  RETURN json_build_object(
    'tenant', json_build_object('id', t.id, 'slug', t.slug, 'accountId', t.account_id, 'name', t.name, 'domain', t.domain,
      'status', t.status, 'locale', t.locale, 'timeZone', t.time_zone, 'entitlements', t.entitlements),
    'policy', json_build_object('secondFactor', p.second_factor, 'resetStyle', p.reset_style,
      'ssoSecondFactor', p.sso_second_factor, 'passwordHidden', p.password_hidden,
      'passwordMinLength', p.password_min_length, 'idleMinutes', p.idle_minutes, 'absoluteMinutes', p.absolute_minutes),
    'why', why,
    'session', CASE WHEN s.id IS NOT NULL AND why IS NULL THEN json_build_object('id', s.id, 'factor', s.factor,
      'connectionId', s.connection_id, 'createdAt', s.created_at,
      'msLeft', floor(extract(epoch FROM least(idle_left, s.absolute_until - now())) * 1000)) END,
    'user', CASE WHEN s.id IS NOT NULL AND why IS NULL THEN json_build_object('id', u.id, 'username', u.username,
      'extension', u.extension, 'firstName', u.first_name, 'lastName', u.last_name, 'email', u.email, 'role', u.role,
      'emergency', u.emergency, 'locale', u.locale, 'timeZone', u.time_zone) END);
END $$;
--> statement-breakpoint
-- As before, and for both doors: a password opens nothing where single sign-on stands instead of it, unless for an
-- emergency account with a second factor; behind an identity provider the tenant's second factor is asked as its policy says.
DROP FUNCTION complete_sign_in(uuid, uuid, bytea, text, text, text, bytea);
--> statement-breakpoint
CREATE FUNCTION complete_sign_in(p_tenant uuid, p_user uuid, p_token bytea, p_factor text, p_address text, p_agent text, p_device bytea,
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
  UPDATE users u SET previous_sign_in_at = u.last_sign_in_at, previous_sign_in_address = u.last_sign_in_address,
      last_sign_in_at = now(), last_sign_in_address = p_address
    FROM policies p, tenants t
    WHERE u.tenant_id = p_tenant AND u.id = p_user AND u.status = 'active'
      AND t.id = p_tenant AND t.status = 'active' AND p.tenant_id = p_tenant
      AND CASE WHEN p_connection IS NULL
          THEN NOT (p.password_hidden AND 'single-sign-on' = ANY (t.entitlements)) OR u.emergency AND p_factor IS NOT NULL
        ELSE 'single-sign-on' = ANY (t.entitlements) AND EXISTS (SELECT FROM sso_connections c
          WHERE c.tenant_id = p_tenant AND c.id = p_connection AND c.enabled AND c.state IN ('beside', 'instead')) END
      AND (CASE WHEN p_connection IS NULL OR p.sso_second_factor = 'when-missing' THEN p_factor IS NOT NULL
          WHEN p.sso_second_factor = 'never' THEN true
          ELSE coalesce(p_factor, 'provider') <> 'provider' END
        OR NOT (p.second_factor = 'required' OR p.second_factor = 'optional'
          AND EXISTS (SELECT FROM totp_secrets s WHERE s.tenant_id = p_tenant AND s.user_id = p_user)))
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
-- As before, and: whether the person is an emergency account.
CREATE OR REPLACE FUNCTION begin_password(p_tenant uuid, p_username text, p_extension text, p_unknown_key bytea, p_device bytea) RETURNS json
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  u users%ROWTYPE;
  p passwords%ROWTYPE;
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
    IF EXISTS (SELECT FROM devices WHERE tenant_id = p_tenant AND user_id = u.id AND token_hash = p_device) THEN
      budget := budget || p_device;
    END IF;
  END IF;
  RETURN json_build_object(
    'try', take_try(p_tenant, 'password', budget, u.id),
    'budget', encode(budget, 'base64'),
    'user', CASE WHEN u.id IS NOT NULL AND u.status = 'active' THEN json_build_object('id', u.id, 'firstName', u.first_name,
      'email', u.email, 'locale', u.locale, 'emergency', u.emergency, 'hasSecondFactor',
      EXISTS (SELECT FROM totp_secrets WHERE tenant_id = p_tenant AND user_id = u.id)) END,
    'subject', u.id,
    'hash', p.hash,
    'changedAt', p.changed_at::text,
    'temporary', p.temporary_until IS NOT NULL,
    'expired', coalesce(p.temporary_until <= now(), false));
END $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION purge_expired(t uuid) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM set_config('app.tenant', t::text, true);
  DELETE FROM sessions WHERE tenant_id = t AND (absolute_until < now() - interval '7 days' OR last_seen_at < now() - interval '8 days');
  DELETE FROM attempts WHERE tenant_id = t AND expires_at < now() - interval '1 day';
  DELETE FROM throttles WHERE tenant_id = t AND window_start < now() - interval '1 day' AND streak < 100;
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
