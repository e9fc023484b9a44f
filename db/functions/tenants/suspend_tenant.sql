-- Suspends an active tenant. Only these functions may change a tenant's status and the dates of its
-- deletion; the application's role cannot.
CREATE OR REPLACE FUNCTION suspend_tenant(p_tenant uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE tenants SET status = 'suspended', suspended_at = clock_timestamp(), exported_at = NULL
    WHERE id = p_tenant AND status = 'active'
$$;
