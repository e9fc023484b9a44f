-- Opens a session, the only way to sign a user in, and returns it, or null if the user may not sign
-- in. Locks the user first, so that the checks see all committed changes. Decides the same as
-- lib/sign-in/next-step.ts, with today's policy, from what was proved: a factor, a connection, or
-- neither for a password alone.
CREATE OR REPLACE FUNCTION open_session(
  p_tenant uuid, p_user uuid, p_token bytea, p_factor text, p_address text, p_agent text,
  p_device bytea, p_connection uuid, p_subject text, p_index text, p_hint text
) RETURNS json
LANGUAGE plpgsql AS $$
DECLARE
  u record;
  p record;
  before timestamptz;
  session uuid;
  is_new boolean;
  hidden boolean;
BEGIN
  SELECT status, email, role, extension, emergency, second_factor_required INTO u
    FROM users WHERE tenant_id = p_tenant AND id = p_user FOR NO KEY UPDATE;
  SELECT r.absolute_minutes, r.networks, r.remember_devices, r.password_hidden, r.sso_second_factor,
      second_factor_today(r) AS second_factor, t.status,
      'single-sign-on' = ANY (t.entitlements) AS sso, 'phone' = ANY (t.entitlements) AS phone INTO p
    FROM policies r, tenants t WHERE r.tenant_id = p_tenant AND t.id = p_tenant;
  IF u.status IS DISTINCT FROM 'active' OR p.status IS DISTINCT FROM 'active' THEN RETURN NULL; END IF;
  hidden := p.password_hidden AND p.sso;

  IF p_connection IS NULL THEN
    IF hidden AND NOT (u.emergency AND coalesce(p_factor, 'device') <> 'device') THEN RETURN NULL; END IF;
  ELSIF NOT p.sso OR NOT EXISTS (SELECT FROM sso_connections c
      WHERE c.tenant_id = p_tenant AND c.id = p_connection AND c.enabled AND c.state IN ('beside', 'instead')) THEN
    RETURN NULL;
  END IF;
  -- A remembered device stands for a code, and only users with a second factor are asked for one.
  IF p_factor = 'device' AND NOT (p.remember_devices AND EXISTS (SELECT FROM devices d
      JOIN totp_secrets s ON s.tenant_id = d.tenant_id AND s.user_id = d.user_id
      WHERE d.tenant_id = p_tenant AND d.user_id = p_user AND d.token_hash = p_device
        AND d.remembered_until > now())) THEN
    RETURN NULL;
  END IF;
  IF p.second_factor <> 'off' AND NOT (CASE
      WHEN p_connection IS NULL OR p.sso_second_factor = 'when-missing' THEN p_factor IS NOT NULL
      WHEN p.sso_second_factor = 'never' THEN true
      ELSE coalesce(p_factor, 'provider') <> 'provider' END) THEN
    IF p.second_factor = 'required' OR u.second_factor_required
        OR EXISTS (SELECT FROM totp_secrets s WHERE s.tenant_id = p_tenant AND s.user_id = p_user) THEN
      RETURN NULL;
    END IF;
  END IF;
  IF cardinality(p.networks) > 0 AND NOT (u.emergency AND coalesce(p_factor, '') IN ('totp', 'recovery-code')) THEN
    IF NOT address_allowed(p.networks, p_address) THEN RETURN NULL; END IF;
  END IF;

  UPDATE last_sign_ins SET previous_at = NULLIF(at, '-infinity'), previous_address = address,
    at = now(), address = p_address
    WHERE tenant_id = p_tenant AND user_id = p_user
    RETURNING previous_at INTO before;
  INSERT INTO sessions (tenant_id, user_id, token_hash, factor, address, user_agent, absolute_until,
      connection_id, sso_subject, sso_index, sealed_hint)
    VALUES (p_tenant, p_user, p_token, p_factor, p_address, p_agent,
      now() + make_interval(mins => p.absolute_minutes),
      p_connection, p_subject, p_index, p_hint)
    RETURNING id INTO session;
  INSERT INTO devices AS d (tenant_id, user_id, token_hash) VALUES (p_tenant, p_user, p_device)
    ON CONFLICT (tenant_id, user_id, token_hash) DO UPDATE SET last_seen_at = now()
    RETURNING d.created_at = now() INTO is_new;
  IF before IS NULL THEN
    UPDATE users SET waiting = false WHERE tenant_id = p_tenant AND id = p_user AND waiting;
  END IF;
  IF u.role = 'administrator' AND p_connection IS NOT NULL THEN
    UPDATE sso_connections SET administrator_at = now() WHERE tenant_id = p_tenant AND id = p_connection;
  END IF;
  RETURN json_build_object('session', session, 'maxAge', p.absolute_minutes * 60,
    'emergency', p_connection IS NULL AND hidden,
    'phone', p.phone AND u.extension IS NOT NULL AND phone_socket(p_tenant, p_user, u.extension) IS NOT NULL,
    'newDeviceFor', CASE WHEN is_new AND before IS NOT NULL THEN u.email END);
END $$;
