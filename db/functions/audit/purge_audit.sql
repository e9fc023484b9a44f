-- Deletes a tenant's oldest audit events, at most p_most and only those of 400 days ago or more.
-- Returns the last event deleted, where the chain now begins, or no row. The age is fixed here
-- because the application's role may call this function and must not be able to delete younger
-- events.
CREATE OR REPLACE FUNCTION purge_audit(p_tenant uuid, p_most integer)
RETURNS TABLE (seq bigint, mac bytea, at timestamptz, removed integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  head audit_heads%ROWTYPE;
  young bigint;
  last bigint;
BEGIN
  PERFORM set_config('app.tenant', p_tenant::text, true);
  SELECT h.* INTO head FROM audit_heads h WHERE h.tenant_id = p_tenant FOR UPDATE;
  IF NOT FOUND THEN RETURN; END IF;
  SELECT min(e.seq) FILTER (WHERE e.at >= now() - interval '400 days'), max(e.seq) INTO young, last FROM (
    SELECT o.seq, o.at FROM audit_events o WHERE o.tenant_id = p_tenant AND o.seq > head.base_seq
      ORDER BY o.seq LIMIT p_most) e;
  last := coalesce(young - 1, last);
  IF last IS NULL OR last <= head.base_seq THEN RETURN; END IF;
  UPDATE audit_heads h SET base_seq = e.seq, base_mac = e.mac FROM audit_events e
    WHERE h.tenant_id = p_tenant AND e.tenant_id = p_tenant AND e.seq = last;
  RETURN QUERY SELECT e.seq, e.mac, e.at, (e.seq - head.base_seq)::int FROM audit_events e
    WHERE e.tenant_id = p_tenant AND e.seq = last;
  DELETE FROM audit_events e WHERE e.tenant_id = p_tenant AND e.seq <= last;
END $$;
