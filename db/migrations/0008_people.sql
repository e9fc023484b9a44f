-- What a search and a sort compare: without capitals, without accents.
CREATE FUNCTION search_form(p text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT regexp_replace(normalize(lower(p), NFKD), U&'[\0300-\036F]', '', 'g')
$$;
--> statement-breakpoint
-- Stored, so that they compare bytewise: under row security only such comparisons may use an index.
ALTER TABLE users
  ADD COLUMN version integer DEFAULT 1 NOT NULL,
  ADD COLUMN second_factor_required boolean DEFAULT false NOT NULL,
  ADD COLUMN sort_name text COLLATE "C" GENERATED ALWAYS AS (search_form(last_name || ' ' || first_name)) STORED NOT NULL,
  ADD COLUMN sort_extension bigint GENERATED ALWAYS AS (coalesce(extension::bigint, 99999999999)) STORED NOT NULL,
  ADD COLUMN email_key text COLLATE "C" GENERATED ALWAYS AS (lower(email COLLATE "C")) STORED;
--> statement-breakpoint
CREATE INDEX users_by_name ON users (tenant_id, sort_name, id) INCLUDE (role, status);
--> statement-breakpoint
CREATE INDEX users_by_extension ON users (tenant_id, sort_extension, id);
--> statement-breakpoint
CREATE INDEX users_by_age ON users (tenant_id, created_at, id);
--> statement-breakpoint
CREATE INDEX users_by_email ON users (tenant_id, email_key);
--> statement-breakpoint
CREATE INDEX users_administrators ON users (tenant_id, sort_name, id) WHERE role = 'administrator';
--> statement-breakpoint
CREATE INDEX users_disabled ON users (tenant_id, sort_name, id) WHERE status = 'disabled';
--> statement-breakpoint
CREATE INDEX users_without_email ON users (tenant_id, sort_name, id) WHERE email IS NULL;
--> statement-breakpoint
-- Whoever edits says which version he saw: what another has saved meanwhile is not overwritten unseen. A sign-in is no edit.
CREATE FUNCTION next_user_version() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  NEW.version := OLD.version + 1;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER users_version BEFORE UPDATE OF username, extension, first_name, last_name, email, role, status, emergency,
  second_factor_required, locale ON users FOR EACH ROW
  WHEN ((OLD.username, OLD.extension, OLD.first_name, OLD.last_name, OLD.email, OLD.role, OLD.status, OLD.emergency,
      OLD.second_factor_required, OLD.locale) IS DISTINCT FROM (NEW.username, NEW.extension, NEW.first_name, NEW.last_name,
      NEW.email, NEW.role, NEW.status, NEW.emergency, NEW.second_factor_required, NEW.locale))
  EXECUTE FUNCTION next_user_version();
--> statement-breakpoint
-- Every word by which a person is found; a search finds those that begin with what was typed. No foreign key, but a trigger: where
-- there were few users when its check was planned, an import of thousands would read all of them for each.
CREATE TABLE user_words (
  tenant_id uuid NOT NULL,
  word text COLLATE "C" NOT NULL,
  user_id uuid NOT NULL,
  PRIMARY KEY (tenant_id, word, user_id)
);
--> statement-breakpoint
CREATE INDEX user_words_user ON user_words (tenant_id, user_id);
--> statement-breakpoint
CREATE FUNCTION words_of_user(p_username text, p_extension text, p_first text, p_last text, p_email text) RETURNS SETOF text
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
  SELECT DISTINCT left(w, 254) FROM (
    SELECT regexp_split_to_table(search_form(p_first || ' ' || p_last), '\s+') AS w
    UNION ALL SELECT regexp_split_to_table(search_form(p_first || ' ' || p_last), U&'[\0020\00a0.\0027\2019-]+')
    UNION ALL VALUES (p_username), (p_extension), (search_form(p_email))) AS every
  WHERE w <> ''
$$;
--> statement-breakpoint
CREATE FUNCTION note_user_words() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    DELETE FROM user_words WHERE tenant_id = NEW.tenant_id AND user_id = NEW.id;
  END IF;
  INSERT INTO user_words (tenant_id, word, user_id)
    SELECT NEW.tenant_id, w, NEW.id FROM words_of_user(NEW.username, NEW.extension, NEW.first_name, NEW.last_name, NEW.email) AS w;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER users_words_new AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION note_user_words();
--> statement-breakpoint
CREATE TRIGGER users_words_changed AFTER UPDATE OF username, extension, first_name, last_name, email ON users FOR EACH ROW
  WHEN ((OLD.username, OLD.extension, OLD.first_name, OLD.last_name, OLD.email) IS DISTINCT FROM
    (NEW.username, NEW.extension, NEW.first_name, NEW.last_name, NEW.email))
  EXECUTE FUNCTION note_user_words();
--> statement-breakpoint
-- Those who are there already, tenant by tenant: row security binds the owner too.
DO $$
DECLARE
  t uuid;
BEGIN
  FOR t IN SELECT id FROM tenants LOOP
    PERFORM set_config('app.tenant', t::text, true);
    INSERT INTO user_words (tenant_id, word, user_id)
      SELECT u.tenant_id, w, u.id FROM users u, words_of_user(u.username, u.extension, u.first_name, u.last_name, u.email) AS w
      WHERE u.tenant_id = t;
  END LOOP;
  PERFORM set_config('app.tenant', '', true);
END $$;
--> statement-breakpoint
CREATE TABLE invitations (
  tenant_id uuid NOT NULL,
  user_id uuid NOT NULL,
  way text NOT NULL CHECK (way IN ('mail', 'slip')),
  nonce bytea NOT NULL,
  key_id text NOT NULL,
  token_hash bytea NOT NULL,
  code_hash bytea,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  sent_at timestamp with time zone,
  PRIMARY KEY (tenant_id, user_id),
  CONSTRAINT invitations_token UNIQUE (tenant_id, token_hash),
  CONSTRAINT invitations_code UNIQUE (tenant_id, code_hash)
);
--> statement-breakpoint
-- Words and invitations go with their user; also where a whole tenant goes, and none is named.
CREATE FUNCTION forget_user() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  named text := coalesce(current_setting('app.tenant', true), '');
BEGIN
  PERFORM set_config('app.tenant', OLD.tenant_id::text, true);
  DELETE FROM user_words WHERE tenant_id = OLD.tenant_id AND user_id = OLD.id;
  DELETE FROM invitations WHERE tenant_id = OLD.tenant_id AND user_id = OLD.id;
  PERFORM set_config('app.tenant', named, true);
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER users_forgotten AFTER DELETE ON users FOR EACH ROW EXECUTE FUNCTION forget_user();
--> statement-breakpoint
CREATE TABLE imports (
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  id uuid DEFAULT gen_random_uuid() NOT NULL,
  by_user uuid,
  file_name text NOT NULL,
  digest bytea NOT NULL,
  header jsonb NOT NULL,
  mapping jsonb,
  invite boolean DEFAULT false NOT NULL,
  without_refused boolean DEFAULT false NOT NULL,
  cause jsonb,
  state text DEFAULT 'uploaded' NOT NULL CHECK (state IN ('uploaded', 'planned', 'applying', 'applied', 'failed')),
  failure text,
  total integer NOT NULL,
  done integer DEFAULT 0 NOT NULL,
  counts jsonb,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  finished_at timestamp with time zone,
  PRIMARY KEY (tenant_id, id)
);
--> statement-breakpoint
CREATE INDEX imports_recent ON imports (tenant_id, created_at);
--> statement-breakpoint
CREATE TABLE import_lines (
  tenant_id uuid NOT NULL,
  import_id uuid NOT NULL,
  line integer NOT NULL,
  cells jsonb NOT NULL,
  verdict text CHECK (verdict IN ('create', 'change', 'same', 'refused')),
  reasons text[] DEFAULT '{}' NOT NULL,
  person jsonb,
  user_id uuid,
  user_version integer,
  PRIMARY KEY (tenant_id, import_id, line),
  FOREIGN KEY (tenant_id, import_id) REFERENCES imports (tenant_id, id) ON DELETE CASCADE
);
--> statement-breakpoint
CREATE INDEX import_lines_verdict ON import_lines (tenant_id, import_id, verdict, line);
--> statement-breakpoint
CREATE TABLE bulk_changes (
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  id uuid DEFAULT gen_random_uuid() NOT NULL,
  by_user uuid NOT NULL,
  action text NOT NULL CHECK (action IN ('disable', 'end-sessions', 'require-second-factor', 'invite')),
  user_ids uuid[] NOT NULL,
  cause jsonb NOT NULL,
  state text DEFAULT 'asked' NOT NULL CHECK (state IN ('asked', 'running', 'done', 'stopped')),
  done integer DEFAULT 0 NOT NULL,
  refused jsonb DEFAULT '[]' NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  finished_at timestamp with time zone,
  PRIMARY KEY (tenant_id, id)
);
--> statement-breakpoint
DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['user_words', 'invitations', 'imports', 'import_lines', 'bulk_changes'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format(
      'CREATE POLICY tenant_only ON %I USING (tenant_id = NULLIF(current_setting(''app.tenant'', true), '''')::uuid)'
      ' WITH CHECK (tenant_id = NULLIF(current_setting(''app.tenant'', true), '''')::uuid)', t);
  END LOOP;
END $$;
--> statement-breakpoint
-- The chain is checked once per statement: an import adds thousands of events, and the end of the chain moves once.
DROP TRIGGER audit_events_chain ON audit_events;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION advance_audit_head() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
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
--> statement-breakpoint
CREATE TRIGGER audit_events_chain AFTER INSERT ON audit_events REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION advance_audit_head();
--> statement-breakpoint
-- What lies about from the looking after people, of one tenant.
CREATE FUNCTION purge_people(t uuid) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM set_config('app.tenant', t::text, true);
  DELETE FROM invitations WHERE tenant_id = t AND coalesce(sent_at, created_at) < now() - interval '30 days';
  DELETE FROM imports WHERE tenant_id = t AND created_at < now() - interval '30 days';
  DELETE FROM bulk_changes WHERE tenant_id = t AND created_at < now() - interval '30 days';
END $$;
--> statement-breakpoint
-- As before, and: a second factor is asked of whom his administrator has asked one.
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
      'email', u.email, 'locale', u.locale, 'emergency', u.emergency,
      'secondFactorRequired', u.second_factor_required, 'hasSecondFactor',
      EXISTS (SELECT FROM totp_secrets WHERE tenant_id = p_tenant AND user_id = u.id)) END,
    'subject', u.id,
    'hash', p.hash,
    'changedAt', p.changed_at::text,
    'temporary', p.temporary_until IS NOT NULL,
    'expired', coalesce(p.temporary_until <= now(), false));
END $$;
--> statement-breakpoint
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
        OR NOT (p.second_factor = 'required' OR p.second_factor = 'optional' AND (u.second_factor_required
          OR EXISTS (SELECT FROM totp_secrets s WHERE s.tenant_id = p_tenant AND s.user_id = p_user))))
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
ALTER FUNCTION complete_sign_in(uuid, uuid, bytea, text, text, text, bytea, uuid, text, text, text) SET plan_cache_mode = force_generic_plan;
