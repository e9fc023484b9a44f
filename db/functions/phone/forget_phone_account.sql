-- Trigger of users: deletes the SIP account when the extension changes, because the account belongs
-- to the extension.
CREATE OR REPLACE FUNCTION forget_phone_account() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM phone_accounts WHERE tenant_id = NEW.tenant_id AND user_id = NEW.id;
  RETURN NULL;
END $$;
