-- Returns the last event of every tenant's chain and of the service provider's own, for the log
-- outside the database: a chain that was cut off differs from what was logged.
CREATE OR REPLACE FUNCTION audit_ends() RETURNS TABLE (tenant_id uuid, seq bigint, mac bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  t uuid;
BEGIN
  FOR t IN SELECT id FROM tenants UNION ALL SELECT '00000000-0000-0000-0000-000000000000' LOOP
    PERFORM set_config('app.tenant', t::text, true);
    RETURN QUERY SELECT h.tenant_id, h.seq, h.mac FROM audit_heads h WHERE h.tenant_id = t;
  END LOOP;
END $$;
