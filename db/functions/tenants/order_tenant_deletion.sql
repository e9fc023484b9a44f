-- Schedules a suspended and exported tenant for deletion in 30 days and returns the date, or null
-- if it may not be deleted. A date that is set already stays.
CREATE OR REPLACE FUNCTION order_tenant_deletion(p_tenant uuid) RETURNS timestamptz
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE tenants SET delete_after = coalesce(delete_after, now() + interval '30 days')
    WHERE id = p_tenant AND status = 'suspended' AND exported_at > suspended_at RETURNING delete_after
$$;
