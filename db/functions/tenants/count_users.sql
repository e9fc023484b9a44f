-- Returns the numbers of active and disabled users for each tenant, for operators: nothing about
-- who they are.
CREATE OR REPLACE FUNCTION count_users(p_tenants uuid[])
RETURNS TABLE (tenant_id uuid, active bigint, disabled bigint)
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  t uuid;
BEGIN
  FOREACH t IN ARRAY p_tenants LOOP
    PERFORM set_config('app.tenant', t::text, true);
    RETURN QUERY SELECT t, count(*) FILTER (WHERE u.status = 'active'), count(*) FILTER (WHERE u.status <> 'active')
      FROM users u WHERE u.tenant_id = t;
  END LOOP;
END $$;
