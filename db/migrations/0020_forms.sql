-- Colleagues search by name and extension only: usernames and email addresses are for administrators.
ALTER TABLE user_words ADD COLUMN in_directory boolean DEFAULT false NOT NULL;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION note_user_words() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    DELETE FROM user_words WHERE tenant_id = NEW.tenant_id AND user_id = NEW.id;
  END IF;
  INSERT INTO user_words (tenant_id, word, user_id, in_directory)
    SELECT NEW.tenant_id, w, NEW.id, w IN (SELECT words_of_user('', NEW.extension, NEW.first_name, NEW.last_name, ''))
    FROM words_of_user(NEW.username, NEW.extension, NEW.first_name, NEW.last_name, NEW.email) AS w;
  RETURN NULL;
END $$;
--> statement-breakpoint
-- Tenant by tenant, because row security binds the owner too.
DO $$
DECLARE
  t uuid;
BEGIN
  FOR t IN SELECT id FROM tenants LOOP
    PERFORM set_config('app.tenant', t::text, true);
    UPDATE user_words w SET in_directory = true FROM users u
      WHERE w.tenant_id = t AND u.tenant_id = t AND u.id = w.user_id
        AND w.word IN (SELECT words_of_user('', u.extension, u.first_name, u.last_name, ''));
  END LOOP;
  PERFORM set_config('app.tenant', '', true);
END $$;
--> statement-breakpoint
-- When the user last proved who they are. Unknown for sessions that were opened before.
ALTER TABLE sessions ADD COLUMN proved_at timestamp with time zone;
--> statement-breakpoint
ALTER TABLE sessions ALTER COLUMN proved_at SET DEFAULT now();
--> statement-breakpoint
ALTER TABLE operator_sessions ADD COLUMN proved_at timestamp with time zone;
--> statement-breakpoint
ALTER TABLE operator_sessions ALTER COLUMN proved_at SET DEFAULT now();
--> statement-breakpoint
-- The one session that is shown a new secret or new recovery codes.
ALTER TABLE enrolments ADD COLUMN session_id uuid;
--> statement-breakpoint
ALTER TABLE totp_secrets ADD COLUMN new_codes_session uuid;
--> statement-breakpoint
ALTER TABLE operators ADD COLUMN new_codes_session uuid;
