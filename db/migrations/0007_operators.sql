CREATE TABLE "operators" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"username" text NOT NULL,
	"first_name" text NOT NULL,
	"last_name" text NOT NULL,
	"status" text DEFAULT 'active' NOT NULL,
	"password_hash" text NOT NULL,
	"password_changed_at" timestamp with time zone DEFAULT now() NOT NULL,
	"temporary_until" timestamp with time zone,
	"sealed_secret" text,
	"last_step" bigint DEFAULT 0 NOT NULL,
	"told_step" bigint,
	"enrolled_at" timestamp with time zone,
	"locale" text,
	"time_zone" text DEFAULT 'America/Toronto' NOT NULL,
	"last_sign_in_at" timestamp with time zone,
	"last_sign_in_address" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "operators_username" UNIQUE("username"),
	CONSTRAINT "operators_username_form" CHECK (username ~ '^[a-z][a-z0-9._@+-]{1,63}$'),
	CONSTRAINT "operators_status" CHECK (status IN ('active', 'disabled'))
);
--> statement-breakpoint
CREATE TABLE "operator_sessions" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"token_hash" "bytea" NOT NULL,
	"operator_id" uuid NOT NULL REFERENCES "operators"("id") ON DELETE cascade,
	"address" text NOT NULL,
	"user_agent" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	"absolute_until" timestamp with time zone NOT NULL,
	CONSTRAINT "operator_sessions_token" UNIQUE("token_hash"),
	CONSTRAINT "operator_sessions_token_form" CHECK (length(token_hash) = 32)
);
--> statement-breakpoint
CREATE TABLE "operator_attempts" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"token_hash" "bytea" NOT NULL,
	"operator_id" uuid NOT NULL REFERENCES "operators"("id") ON DELETE cascade,
	"second_factor_at" timestamp with time zone,
	"sealed_secret" text,
	"secret_at" timestamp with time zone,
	"return_to" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "operator_attempts_token" UNIQUE("token_hash"),
	CONSTRAINT "operator_attempts_token_form" CHECK (length(token_hash) = 32)
);
--> statement-breakpoint
CREATE TABLE "operator_devices" (
	"operator_id" uuid NOT NULL REFERENCES "operators"("id") ON DELETE cascade,
	"token_hash" "bytea" NOT NULL,
	"last_seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "operator_devices_operator_id_token_hash_pk" PRIMARY KEY("operator_id","token_hash")
);
--> statement-breakpoint
CREATE INDEX "operator_sessions_operator" ON "operator_sessions" USING btree ("operator_id");
--> statement-breakpoint
CREATE INDEX "operator_attempts_operator" ON "operator_attempts" USING btree ("operator_id");
--> statement-breakpoint
ALTER TABLE tenants
  ADD COLUMN user_limit integer CHECK (user_limit BETWEEN 1 AND 1000000),
  ADD COLUMN suspended_at timestamp with time zone,
  ADD COLUMN exported_at timestamp with time zone,
  ADD COLUMN delete_after timestamp with time zone,
  ADD COLUMN pending_domain text CHECK (pending_domain ~ '^[a-z0-9-]+(\.[a-z0-9-]+)+$'),
  ADD COLUMN domain_proof text,
  -- A tenant that waits to be deleted is suspended and exported: nothing can have changed since.
  ADD CONSTRAINT tenants_deletion CHECK (delete_after IS NULL OR status = 'suspended' AND exported_at > suspended_at);
--> statement-breakpoint
UPDATE tenants SET suspended_at = now() WHERE status = 'suspended';
--> statement-breakpoint
-- The list of the console goes by name, and searches by the beginning of a name or of an account ID.
CREATE INDEX "tenants_name" ON "tenants" USING btree (lower(name), id);
--> statement-breakpoint
-- The live session of an operator's cookie, with its operator. Idle after half an hour, slid at most once a minute; the
-- minute is added at the end, so that no one is sent away early.
CREATE FUNCTION find_operator_session(p_token_hash bytea, p_slide boolean) RETURNS json
LANGUAGE plpgsql SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
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
    UPDATE operator_sessions SET last_seen_at = now() WHERE id = s.id;
    idle_left := interval '31 minutes';
  END IF;
  RETURN json_build_object(
    'session', json_build_object('id', s.id, 'createdAt', s.created_at,
      'msLeft', floor(extract(epoch FROM least(idle_left, s.absolute_until - now())) * 1000)),
    'operator', json_build_object('id', o.id, 'username', o.username, 'firstName', o.first_name, 'lastName', o.last_name,
      'locale', o.locale, 'timeZone', o.time_zone));
END $$;
--> statement-breakpoint
-- How many people each of a page of tenants has: numbers, and nothing of who they are.
CREATE FUNCTION count_users(p_tenants uuid[]) RETURNS TABLE (tenant_id uuid, active bigint, disabled bigint)
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  t uuid;
BEGIN
  FOREACH t IN ARRAY p_tenants LOOP
    PERFORM set_config('app.tenant', t::text, true);
    RETURN QUERY SELECT t, count(*) FILTER (WHERE u.status = 'active'), count(*) FILTER (WHERE u.status <> 'active')
      FROM users u WHERE u.tenant_id = t;
  END LOOP;
END $$;
--> statement-breakpoint
-- Sign-ins, those of them with a second factor, and failures, day by day of the tenant's own time, today last. Counts only.
CREATE FUNCTION tenant_activity(p_tenant uuid, p_days integer) RETURNS TABLE (day date, sign_ins bigint, second_factor bigint, failures bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  zone text;
  first date;
BEGIN
  SELECT time_zone INTO zone FROM tenants WHERE id = p_tenant;
  IF zone IS NULL THEN RETURN; END IF;
  PERFORM set_config('app.tenant', p_tenant::text, true);
  first := (now() AT TIME ZONE zone)::date - (p_days - 1);
  RETURN QUERY
    WITH counted AS (
      SELECT (e.at AT TIME ZONE zone)::date AS day,
        count(*) FILTER (WHERE e.event = 'authn_login_success') AS sign_ins,
        count(*) FILTER (WHERE e.event = 'authn_login_success' AND e.detail->>'factor' IN ('totp', 'recovery-code')) AS second_factor,
        count(*) FILTER (WHERE e.event <> 'authn_login_success') AS failures
      FROM audit_events e
      WHERE e.tenant_id = p_tenant AND e.at >= first::timestamp AT TIME ZONE zone
        AND e.event IN ('authn_login_success', 'authn_login_fail', 'authn_login_code_fail', 'authn_sso_fail')
      GROUP BY 1)
    SELECT d::date, coalesce(c.sign_ins, 0), coalesce(c.second_factor, 0), coalesce(c.failures, 0)
    FROM generate_series(first, first + (p_days - 1), interval '1 day') d LEFT JOIN counted c ON c.day = d::date ORDER BY 1;
END $$;
--> statement-breakpoint
-- Ends every session and half-finished sign-in of a tenant at once; promises how many sessions.
CREATE FUNCTION end_all_sessions(p_tenant uuid) RETURNS integer
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  ended integer;
BEGIN
  DELETE FROM sessions WHERE tenant_id = p_tenant;
  GET DIAGNOSTICS ended = ROW_COUNT;
  DELETE FROM attempts WHERE tenant_id = p_tenant;
  DELETE FROM sso_flows WHERE tenant_id = p_tenant;
  RETURN ended;
END $$;
--> statement-breakpoint
-- The one way in which a tenant goes: suspended, exported, and its thirty days over by the database's own clock. The
-- application may delete neither a tenant nor an event otherwise. Step by step, so that no statement is a long one:
-- says null where nothing is due, false while there is more, true when the tenant is gone.
CREATE FUNCTION delete_tenant_step(p_tenant uuid, p_rows integer) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
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
END $$;
--> statement-breakpoint
-- What operators can no longer use.
CREATE FUNCTION purge_operators() RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM operator_sessions WHERE absolute_until < now() OR last_seen_at < now() - interval '1 day';
  DELETE FROM operator_attempts WHERE expires_at < now();
  DELETE FROM operator_devices WHERE last_seen_at < now() - interval '180 days';
END $$;
