-- Deletes up to p_rows rows of a tenant whose deletion is due by the database's clock. Returns null
-- if it is not due, false if rows remain, and true once the tenant is gone. The application's role
-- can delete a tenant in no other way.
CREATE OR REPLACE FUNCTION delete_tenant_step(p_tenant uuid, p_rows integer) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  t text;
  gone integer;
BEGIN
  PERFORM FROM tenants WHERE id = p_tenant AND status = 'suspended' AND delete_after <= now() FOR UPDATE;
  IF NOT FOUND THEN RETURN NULL; END IF;
  PERFORM set_config('app.tenant', p_tenant::text, true);
  -- Users last: deleting them first would cascade to their rows in one long statement.
  FOR t IN SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
      WHERE c.relkind IN ('r', 'p') ORDER BY c.relname = 'users', c.relname LOOP
    EXECUTE format('DELETE FROM %I WHERE tenant_id = $1 AND ctid = ANY (ARRAY(SELECT ctid FROM %I WHERE tenant_id = $1 LIMIT $2))', t, t)
      USING p_tenant, p_rows;
    GET DIAGNOSTICS gone = ROW_COUNT;
    IF gone > 0 THEN RETURN false; END IF;
  END LOOP;
  DELETE FROM tenants WHERE id = p_tenant;
  RETURN true;
END $$;
