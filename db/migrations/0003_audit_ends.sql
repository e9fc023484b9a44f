-- Where every tenant's chain ends, for the log outside the database: a tail cut off shows against it.
CREATE FUNCTION audit_ends() RETURNS TABLE (tenant_id uuid, seq bigint, mac bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  t uuid;
BEGIN
  FOR t IN SELECT id FROM tenants LOOP
    PERFORM set_config('app.tenant', t::text, true);
    RETURN QUERY SELECT h.tenant_id, h.seq, h.mac FROM audit_heads h WHERE h.tenant_id = t;
  END LOOP;
END $$;
