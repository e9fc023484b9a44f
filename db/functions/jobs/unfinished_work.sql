-- Returns the bulk changes and imports of active tenants that were started and have not finished.
CREATE OR REPLACE FUNCTION unfinished_work() RETURNS TABLE (tenant_id uuid, task text, id uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  t uuid;
BEGIN
  FOR t IN SELECT tenants.id FROM tenants WHERE status = 'active' LOOP
    PERFORM set_config('app.tenant', t::text, true);
    RETURN QUERY SELECT b.tenant_id, 'bulk', b.id FROM bulk_changes b WHERE b.tenant_id = t AND b.state = 'running';
    RETURN QUERY SELECT i.tenant_id, 'import', i.id FROM imports i WHERE i.tenant_id = t AND i.state = 'applying';
  END LOOP;
END $$;
