-- Makes a suspended tenant active, unless its deletion is scheduled.
CREATE OR REPLACE FUNCTION resume_tenant(p_tenant uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE tenants SET status = 'active', suspended_at = NULL WHERE id = p_tenant AND delete_after IS NULL
$$;
