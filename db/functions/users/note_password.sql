-- Trigger of passwords: keeps users.waiting up to date, true for a user without a password who has
-- never signed in.
CREATE OR REPLACE FUNCTION note_password() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE users u SET waiting = TG_OP = 'DELETE' AND NOT EXISTS (SELECT FROM last_sign_ins s
      WHERE s.tenant_id = u.tenant_id AND s.user_id = u.id AND s.at > '-infinity')
    WHERE u.tenant_id = coalesce(NEW.tenant_id, OLD.tenant_id) AND u.id = coalesce(NEW.user_id, OLD.user_id)
      AND (u.waiting OR TG_OP = 'DELETE');
  RETURN NULL;
END $$;
