-- Row security: the application sees the tenant named for its transaction and nothing else. FORCE binds the owner too.
DO $$
DECLARE
  t text;
BEGIN
  FOR t IN SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'tenant_id' LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format(
      'CREATE POLICY tenant_only ON %I USING (tenant_id = NULLIF(current_setting(''app.tenant'', true), '''')::uuid)'
      ' WITH CHECK (tenant_id = NULLIF(current_setting(''app.tenant'', true), '''')::uuid)', t);
  END LOOP;
END $$;
--> statement-breakpoint
ALTER TABLE tenants
  ADD CONSTRAINT tenants_slug_form CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  ADD CONSTRAINT tenants_account_id CHECK (lower(account_id) = slug),
  ADD CONSTRAINT tenants_domain_form CHECK (domain ~ '^[a-z0-9-]+(\.[a-z0-9-]+)+$');
--> statement-breakpoint
ALTER TABLE policies
  ADD CONSTRAINT policies_bounds CHECK (
    password_min_length BETWEEN 8 AND 64 AND idle_minutes BETWEEN 5 AND 1440 AND absolute_minutes BETWEEN 60 AND 10080);
--> statement-breakpoint
-- A username begins with a letter and an extension is all digits, so neither can be mistaken for the other
-- nor for extension-accountID.
ALTER TABLE users
  ADD CONSTRAINT users_username_form CHECK (username ~ '^[a-z][a-z0-9._@+-]{1,63}$'),
  ADD CONSTRAINT users_extension_form CHECK (extension ~ '^[0-9]{2,10}$'),
  ADD CONSTRAINT users_email_form CHECK (length(email) <= 254 AND email ~ '^[^@[:space:]]+@[^@[:space:]]+$');
--> statement-breakpoint
ALTER TABLE sessions ADD CONSTRAINT sessions_token_form CHECK (length(token_hash) = 32);
--> statement-breakpoint
ALTER TABLE attempts ADD CONSTRAINT attempts_token_form CHECK (length(token_hash) = 32);
--> statement-breakpoint
ALTER TABLE password_resets ADD CONSTRAINT password_resets_token_form CHECK (length(token_hash) = 32);
--> statement-breakpoint
-- Counted on every request and worth nothing after a crash.
ALTER TABLE volume_limits SET UNLOGGED;
--> statement-breakpoint
-- Everything a request begins with, in one statement: the tenant of the address, its policy, and the live session of
-- the cookie. Slides the idle clock at most once a minute; the minute is added at the end, so that no one is sent away early.
CREATE FUNCTION find_session(p_slug text, p_domain text, p_token_hash bytea, p_slide boolean) RETURNS json
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
        WHEN p.second_factor = 'required' AND s.factor IS NULL THEN 'second-factor'
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
      'passwordMinLength', p.password_min_length, 'idleMinutes', p.idle_minutes, 'absoluteMinutes', p.absolute_minutes),
    'why', why,
    'session', CASE WHEN s.id IS NOT NULL AND why IS NULL THEN json_build_object('id', s.id, 'factor', s.factor,
      'createdAt', s.created_at,
      'msLeft', floor(extract(epoch FROM least(idle_left, s.absolute_until - now())) * 1000)) END,
    'user', CASE WHEN s.id IS NOT NULL AND why IS NULL THEN json_build_object('id', u.id, 'username', u.username,
      'extension', u.extension, 'firstName', u.first_name, 'lastName', u.last_name, 'email', u.email, 'role', u.role,
      'locale', u.locale, 'timeZone', u.time_zone) END);
END $$;
--> statement-breakpoint
-- One try against a budget: five in fifteen minutes, then fifteen minutes of refusal whose end does not move.
-- The try is counted before anything is checked, in one statement, so that of forty at once five go through.
CREATE FUNCTION take_try(p_tenant uuid, p_kind text, p_key bytea, p_user uuid) RETURNS json
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  r throttles%ROWTYPE;
BEGIN
  PERFORM set_config('app.tenant', p_tenant::text, true);
  INSERT INTO throttles AS t (tenant_id, kind, key_digest, user_id, fails, streak, window_start)
  VALUES (p_tenant, p_kind, p_key, p_user, 1, 1, now())
  ON CONFLICT (tenant_id, kind, key_digest) DO UPDATE SET
    refused = CASE WHEN t.locked_until > now() THEN t.refused + 1 ELSE 0 END,
    fails = CASE WHEN t.locked_until > now() THEN t.fails
                 WHEN t.window_start <= now() - interval '15 minutes' THEN 1 ELSE t.fails + 1 END,
    streak = CASE WHEN t.locked_until > now() THEN t.streak ELSE t.streak + 1 END,
    window_start = CASE WHEN t.locked_until > now() OR t.window_start > now() - interval '15 minutes'
                        THEN t.window_start ELSE now() END,
    locked_until = CASE WHEN t.locked_until > now() THEN t.locked_until
                        WHEN t.streak + 1 >= 100 THEN 'infinity'
                        WHEN t.window_start > now() - interval '15 minutes' AND t.fails + 1 >= 5
                        THEN now() + interval '15 minutes' END
  RETURNING * INTO r;
  RETURN json_build_object(
    'refused', r.refused > 0,
    'locks', r.locked_until IS NOT NULL AND r.refused = 0,
    'stopped', coalesce(r.locked_until = 'infinity', false),
    'minutes', CASE WHEN r.locked_until < 'infinity' THEN ceil(extract(epoch FROM r.locked_until - now()) / 60)::int END);
END $$;
--> statement-breakpoint
-- What a password sign-in begins with: the user behind the identifier, and one try taken from the right budget.
-- An unknown identifier has a budget too; a browser this user has signed in from before has its own.
CREATE FUNCTION begin_password(p_tenant uuid, p_username text, p_extension text, p_unknown_key bytea, p_device bytea) RETURNS json
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
      'email', u.email, 'locale', u.locale, 'hasSecondFactor',
      EXISTS (SELECT FROM totp_secrets WHERE tenant_id = p_tenant AND user_id = u.id)) END,
    'subject', u.id,
    'hash', p.hash,
    'changedAt', p.changed_at::text,
    'temporary', p.temporary_until IS NOT NULL,
    'expired', coalesce(p.temporary_until <= now(), false));
END $$;
--> statement-breakpoint
-- The end of this tenant's chain, locked until the caller's transaction ends.
CREATE FUNCTION lock_audit_head(p_tenant uuid) RETURNS TABLE (seq bigint, mac bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT h.seq, h.mac FROM audit_heads h WHERE h.tenant_id = p_tenant FOR UPDATE;
  IF NOT FOUND THEN
    INSERT INTO audit_heads (tenant_id, seq, mac) VALUES (p_tenant, 0, decode(repeat('00', 32), 'hex')) ON CONFLICT DO NOTHING;
    RETURN QUERY SELECT h.seq, h.mac FROM audit_heads h WHERE h.tenant_id = p_tenant FOR UPDATE;
  END IF;
END $$;
--> statement-breakpoint
CREATE FUNCTION advance_audit_head() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE audit_heads SET seq = NEW.seq, mac = NEW.mac
    WHERE tenant_id = NEW.tenant_id AND seq = NEW.seq - 1 AND mac = NEW.previous_mac;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'audit event % does not follow the end of the chain', NEW.seq;
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER audit_events_chain BEFORE INSERT ON audit_events FOR EACH ROW EXECUTE FUNCTION advance_audit_head();
--> statement-breakpoint
-- Removes what one tenant can no longer use: the job goes from tenant to tenant, so that no statement is a long one.
CREATE FUNCTION purge_expired(t uuid) RETURNS void
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
  UPDATE totp_secrets SET sealed_new_codes = NULL, new_codes_at = NULL
    WHERE tenant_id = t AND new_codes_at < now() - interval '10 minutes';
END $$;
