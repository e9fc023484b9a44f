-- Trigger of users: keeps the number of users for each email address in email_holders up to date.
CREATE OR REPLACE FUNCTION note_email_key() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    PERFORM leave_email_key(OLD.tenant_id, OLD.email_key);
  END IF;
  PERFORM take_email_key(NEW.tenant_id, NEW.email_key);
  RETURN NULL;
END $$;
