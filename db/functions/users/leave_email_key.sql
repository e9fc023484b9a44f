-- Counts one user less for an email address.
CREATE OR REPLACE FUNCTION leave_email_key(p_tenant uuid, p_key text) RETURNS void
LANGUAGE sql SET search_path = public, pg_temp AS $$
  UPDATE email_holders SET holders = holders - 1 WHERE tenant_id = p_tenant AND email_key = p_key;
  DELETE FROM email_holders WHERE tenant_id = p_tenant AND email_key = p_key AND holders = 0
$$;
