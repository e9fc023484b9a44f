-- Returns the head of a tenant's audit chain, created if missing, and locks it until the
-- transaction ends.
CREATE OR REPLACE FUNCTION lock_audit_head(p_tenant uuid) RETURNS TABLE (seq bigint, mac bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT h.seq, h.mac FROM audit_heads h WHERE h.tenant_id = p_tenant FOR UPDATE;
  IF NOT FOUND THEN
    INSERT INTO audit_heads (tenant_id, seq, mac)
      VALUES (p_tenant, 0, decode(repeat('00', 32), 'hex')) ON CONFLICT DO NOTHING;
    RETURN QUERY SELECT h.seq, h.mac FROM audit_heads h WHERE h.tenant_id = p_tenant FOR UPDATE;
  END IF;
END $$;
