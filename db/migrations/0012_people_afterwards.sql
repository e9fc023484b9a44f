-- What a list of users is sorted and narrowed by, where the users themselves do not tell it fast: kept beside them, so that no
-- sign-in changes an index of theirs. No foreign keys, as with their words.
CREATE TABLE last_sign_ins (
  tenant_id uuid NOT NULL,
  user_id uuid NOT NULL,
  at timestamp with time zone DEFAULT '-infinity' NOT NULL,
  PRIMARY KEY (tenant_id, user_id)
);
--> statement-breakpoint
CREATE INDEX last_sign_ins_order ON last_sign_ins (tenant_id, at, user_id);
--> statement-breakpoint
-- How many users have one address: single sign-on cannot tell those apart.
CREATE TABLE email_holders (
  tenant_id uuid NOT NULL,
  email_key text COLLATE "C" NOT NULL,
  holders integer DEFAULT 1 NOT NULL,
  PRIMARY KEY (tenant_id, email_key)
);
--> statement-breakpoint
CREATE INDEX email_holders_shared ON email_holders (tenant_id, email_key) WHERE holders > 1;
--> statement-breakpoint
ALTER TABLE users ADD COLUMN waiting boolean DEFAULT true NOT NULL, ADD COLUMN enrolled boolean DEFAULT false NOT NULL;
--> statement-breakpoint
CREATE INDEX users_waiting ON users (tenant_id, sort_name, id) WHERE waiting;
--> statement-breakpoint
CREATE INDEX users_not_enrolled ON users (tenant_id, sort_name, id) WHERE NOT enrolled;
--> statement-breakpoint
CREATE INDEX throttles_locked ON throttles (tenant_id, user_id) WHERE locked_until IS NOT NULL;
--> statement-breakpoint
DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['last_sign_ins', 'email_holders'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format(
      'CREATE POLICY tenant_only ON %I USING (tenant_id = NULLIF(current_setting(''app.tenant'', true), '''')::uuid)'
      ' WITH CHECK (tenant_id = NULLIF(current_setting(''app.tenant'', true), '''')::uuid)', t);
  END LOOP;
END $$;
--> statement-breakpoint
DO $$
DECLARE
  t uuid;
BEGIN
  FOR t IN SELECT id FROM tenants LOOP
    PERFORM set_config('app.tenant', t::text, true);
    INSERT INTO last_sign_ins (tenant_id, user_id, at)
      SELECT u.tenant_id, u.id, coalesce(u.last_sign_in_at, '-infinity') FROM users u WHERE u.tenant_id = t;
    INSERT INTO email_holders (tenant_id, email_key, holders)
      SELECT u.tenant_id, u.email_key, count(*) FROM users u WHERE u.tenant_id = t AND u.email_key IS NOT NULL GROUP BY 1, 2;
    UPDATE users u SET
        waiting = u.last_sign_in_at IS NULL AND NOT EXISTS (SELECT FROM passwords p WHERE p.tenant_id = t AND p.user_id = u.id),
        enrolled = EXISTS (SELECT FROM totp_secrets s WHERE s.tenant_id = t AND s.user_id = u.id)
      WHERE u.tenant_id = t;
  END LOOP;
  PERFORM set_config('app.tenant', '', true);
END $$;
--> statement-breakpoint
CREATE FUNCTION note_last_sign_in() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO last_sign_ins (tenant_id, user_id, at) VALUES (NEW.tenant_id, NEW.id, coalesce(NEW.last_sign_in_at, '-infinity'));
  ELSE
    UPDATE last_sign_ins SET at = coalesce(NEW.last_sign_in_at, '-infinity') WHERE tenant_id = NEW.tenant_id AND user_id = NEW.id;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER users_sign_in AFTER INSERT OR UPDATE OF last_sign_in_at ON users FOR EACH ROW EXECUTE FUNCTION note_last_sign_in();
--> statement-breakpoint
CREATE FUNCTION wait_no_longer() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  NEW.waiting := false;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER users_came BEFORE INSERT OR UPDATE OF last_sign_in_at ON users FOR EACH ROW
  WHEN (NEW.waiting AND NEW.last_sign_in_at IS NOT NULL) EXECUTE FUNCTION wait_no_longer();
--> statement-breakpoint
CREATE FUNCTION note_password() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE users SET waiting = TG_OP = 'DELETE' AND last_sign_in_at IS NULL
    WHERE tenant_id = coalesce(NEW.tenant_id, OLD.tenant_id) AND id = coalesce(NEW.user_id, OLD.user_id)
      AND (waiting OR TG_OP = 'DELETE');
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER passwords_waiting AFTER INSERT OR DELETE ON passwords FOR EACH ROW EXECUTE FUNCTION note_password();
--> statement-breakpoint
CREATE FUNCTION take_email_key(p_tenant uuid, p_key text) RETURNS void
LANGUAGE sql SET search_path = public, pg_temp AS $$
  INSERT INTO email_holders AS e (tenant_id, email_key) SELECT p_tenant, p_key WHERE p_key IS NOT NULL
    ON CONFLICT (tenant_id, email_key) DO UPDATE SET holders = e.holders + 1
$$;
--> statement-breakpoint
CREATE FUNCTION leave_email_key(p_tenant uuid, p_key text) RETURNS void
LANGUAGE sql SET search_path = public, pg_temp AS $$
  UPDATE email_holders SET holders = holders - 1 WHERE tenant_id = p_tenant AND email_key = p_key;
  DELETE FROM email_holders WHERE tenant_id = p_tenant AND email_key = p_key AND holders = 0
$$;
--> statement-breakpoint
CREATE FUNCTION note_email_key() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    PERFORM leave_email_key(OLD.tenant_id, OLD.email_key);
  END IF;
  PERFORM take_email_key(NEW.tenant_id, NEW.email_key);
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER users_email_new AFTER INSERT ON users FOR EACH ROW WHEN (NEW.email IS NOT NULL) EXECUTE FUNCTION note_email_key();
--> statement-breakpoint
CREATE TRIGGER users_email_changed AFTER UPDATE OF email ON users FOR EACH ROW
  WHEN (lower(OLD.email COLLATE "C") IS DISTINCT FROM lower(NEW.email COLLATE "C")) EXECUTE FUNCTION note_email_key();
--> statement-breakpoint
CREATE FUNCTION note_enrolment() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE users SET enrolled = TG_OP = 'INSERT'
    WHERE tenant_id = coalesce(NEW.tenant_id, OLD.tenant_id) AND id = coalesce(NEW.user_id, OLD.user_id);
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER totp_secrets_enrolled AFTER INSERT OR DELETE ON totp_secrets FOR EACH ROW EXECUTE FUNCTION note_enrolment();
--> statement-breakpoint
-- As before, and: what has been added here.
CREATE OR REPLACE FUNCTION forget_user() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
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
--> statement-breakpoint
-- Slips are made for many at once too, and are on the page that asked for them alone.
ALTER TABLE bulk_changes DROP CONSTRAINT bulk_changes_action_check,
  ADD CONSTRAINT bulk_changes_action_check CHECK (action IN ('disable', 'end-sessions', 'require-second-factor', 'invite', 'slips'));
