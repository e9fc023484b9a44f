-- Returns the WebSocket address of the user's phone, or null if no SIP account exists for the
-- extension.
CREATE OR REPLACE FUNCTION phone_socket(p_tenant uuid, p_user uuid, p_extension text) RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT f.socket FROM phone_settings f
  WHERE f.tenant_id = p_tenant AND (f.way = 'ephemeral' OR EXISTS (SELECT FROM phone_accounts a
    WHERE a.tenant_id = p_tenant AND a.user_id = p_user AND a.extension = p_extension AND a.domain = f.domain))
$$;
