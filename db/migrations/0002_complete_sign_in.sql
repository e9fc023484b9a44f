-- What the one door does to the tables, in one statement: nothing where the user or the tenant is not active, nor where
-- a second factor has come to be asked for since the password was checked. Ends with
-- the locked end of the audit chain, because the caller's next statement is the audit event.
CREATE FUNCTION complete_sign_in(p_tenant uuid, p_user uuid, p_token bytea, p_factor text, p_address text, p_agent text, p_device bytea)
RETURNS json LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  person record;
  session record;
  device record;
  head record;
BEGIN
  -- Waits by itself first: the UPDATE then sees what the one waited for has done, an enrolment among it.
  PERFORM 1 FROM users WHERE tenant_id = p_tenant AND id = p_user FOR UPDATE;
  UPDATE users u SET previous_sign_in_at = u.last_sign_in_at, previous_sign_in_address = u.last_sign_in_address,
      last_sign_in_at = now(), last_sign_in_address = p_address
    WHERE u.tenant_id = p_tenant AND u.id = p_user AND u.status = 'active'
      AND EXISTS (SELECT FROM tenants t WHERE t.id = p_tenant AND t.status = 'active')
      AND (p_factor IS NOT NULL OR NOT EXISTS (SELECT FROM policies p WHERE p.tenant_id = p_tenant AND (p.second_factor = 'required'
        OR p.second_factor = 'optional' AND EXISTS (SELECT FROM totp_secrets s WHERE s.tenant_id = p_tenant AND s.user_id = p_user))))
    RETURNING u.email, u.previous_sign_in_at AS before INTO person;
  IF NOT FOUND THEN RETURN NULL; END IF;
  INSERT INTO sessions (tenant_id, user_id, token_hash, factor, address, user_agent, absolute_until)
    SELECT p_tenant, p_user, p_token, p_factor, p_address, p_agent, now() + make_interval(mins => p.absolute_minutes)
    FROM policies p WHERE p.tenant_id = p_tenant
    RETURNING id, extract(epoch FROM absolute_until - now())::int AS seconds INTO session;
  INSERT INTO devices AS d (tenant_id, user_id, token_hash) VALUES (p_tenant, p_user, p_device)
    ON CONFLICT (tenant_id, user_id, token_hash) DO UPDATE SET last_seen_at = now()
    RETURNING d.created_at = now() AS is_new INTO device;
  SELECT * INTO head FROM lock_audit_head(p_tenant);
  RETURN json_build_object('session', session.id, 'maxAge', session.seconds,
    'newDeviceFor', CASE WHEN device.is_new AND person.before IS NOT NULL THEN person.email END,
    'head', json_build_object('seq', head.seq, 'mac', encode(head.mac, 'base64'),
      'at', floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint));
END $$;
