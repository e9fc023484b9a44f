-- Deletes a tenant's invitations, imports and bulk changes after 30 days.
CREATE OR REPLACE FUNCTION purge_people(t uuid) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM set_config('app.tenant', t::text, true);
  DELETE FROM invitations WHERE tenant_id = t AND coalesce(sent_at, created_at) < now() - interval '30 days';
  DELETE FROM imports WHERE tenant_id = t AND created_at < now() - interval '30 days';
  DELETE FROM bulk_changes WHERE tenant_id = t AND created_at < now() - interval '30 days';
END $$;
