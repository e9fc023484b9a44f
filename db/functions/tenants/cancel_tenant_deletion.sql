-- Cancels a tenant's deletion. Returns false if none was pending or its time has come.
CREATE OR REPLACE FUNCTION cancel_tenant_deletion(p_tenant uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE tenants SET delete_after = NULL WHERE id = p_tenant AND delete_after > now();
  RETURN FOUND;
END $$;
