-- Ends all sessions, sign-in attempts and single sign-on flows of a tenant. Returns how many
-- sessions ended.
CREATE OR REPLACE FUNCTION end_all_sessions(p_tenant uuid) RETURNS integer
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  ended integer;
BEGIN
  DELETE FROM sessions WHERE tenant_id = p_tenant;
  GET DIAGNOSTICS ended = ROW_COUNT;
  DELETE FROM attempts WHERE tenant_id = p_tenant;
  DELETE FROM sso_flows WHERE tenant_id = p_tenant;
  RETURN ended;
END $$;
