-- Trigger of users: deletes the rows about a deleted user that have no foreign key. Sets the tenant
-- itself, because none is set while a whole tenant is deleted.
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
