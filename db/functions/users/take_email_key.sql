-- Counts one more user for an email address.
CREATE OR REPLACE FUNCTION take_email_key(p_tenant uuid, p_key text) RETURNS void
LANGUAGE sql SET search_path = public, pg_temp AS $$
  INSERT INTO email_holders AS e (tenant_id, email_key) SELECT p_tenant, p_key WHERE p_key IS NOT NULL
    ON CONFLICT (tenant_id, email_key) DO UPDATE SET holders = e.holders + 1
$$;
