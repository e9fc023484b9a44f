-- Notes a complete export, if the tenant was suspended before the export began.
CREATE OR REPLACE FUNCTION note_tenant_export(p_tenant uuid, p_begun timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE tenants SET exported_at = clock_timestamp()
    WHERE id = p_tenant AND suspended_at < p_begun AND p_begun <= clock_timestamp()
$$;
