-- Trigger of totp_secrets: keeps users.enrolled up to date.
CREATE OR REPLACE FUNCTION note_enrolment() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE users SET enrolled = TG_OP = 'INSERT'
    WHERE tenant_id = coalesce(NEW.tenant_id, OLD.tenant_id) AND id = coalesce(NEW.user_id, OLD.user_id);
  RETURN NULL;
END $$;
