-- Trigger of users: adds the new user's row to last_sign_ins.
CREATE OR REPLACE FUNCTION note_last_sign_in() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO last_sign_ins (tenant_id, user_id) VALUES (NEW.tenant_id, NEW.id);
  RETURN NULL;
END $$;
