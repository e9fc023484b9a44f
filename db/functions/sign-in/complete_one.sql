-- Opens one session and returns it, or null, with the audit head that the next event follows.
CREATE OR REPLACE FUNCTION complete_one(
  p_tenant uuid, p_user uuid, p_token bytea, p_factor text, p_address text, p_agent text,
  p_device bytea, p_connection uuid, p_subject text, p_index text, p_hint text
) RETURNS json
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  opened json := open_session(p_tenant, p_user, p_token, p_factor, p_address, p_agent, p_device,
    p_connection, p_subject, p_index, p_hint);
BEGIN
  RETURN json_build_object('opened', json_build_array(opened),
    'head', CASE WHEN opened IS NOT NULL THEN audit_head(p_tenant) END);
END $$;
