-- Deletes a tenant's phone calls after 90 days.
CREATE OR REPLACE FUNCTION purge_phone_calls(t uuid) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM set_config('app.tenant', t::text, true);
  DELETE FROM phone_calls WHERE tenant_id = t AND started_at < now() - interval '90 days';
END $$;
