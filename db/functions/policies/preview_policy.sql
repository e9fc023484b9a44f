-- Returns how many users a changed policy would affect; p_change holds columns of policies. The
-- session that asks is judged by its current address, other sessions by the address where they
-- began, and a user without a session by the address of the last sign-in.
CREATE OR REPLACE FUNCTION preview_policy(
  p_tenant uuid, p_change jsonb, p_user uuid, p_session uuid, p_address text
) RETURNS json
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  old policies%ROWTYPE;
  new policies%ROWTYPE;
  answer json;
BEGIN
  PERFORM set_config('app.tenant', p_tenant::text, true);
  SELECT * INTO old FROM policies WHERE tenant_id = p_tenant;
  old.password_hidden := old.password_hidden AND EXISTS (SELECT FROM tenants t
    WHERE t.id = p_tenant AND 'single-sign-on' = ANY (t.entitlements));
  new := jsonb_populate_record(old, p_change);
  WITH people AS (
    SELECT u.id, u.role, u.email, u.emergency,
      (SELECT i.address FROM last_sign_ins i WHERE i.tenant_id = p_tenant AND i.user_id = u.id) AS last,
      EXISTS (SELECT FROM totp_secrets f WHERE f.tenant_id = p_tenant AND f.user_id = u.id) AS has_factor
    FROM users u WHERE u.tenant_id = p_tenant AND u.status = 'active'
  ), live AS (
    SELECT s.user_id, s.id = p_session AS own, CASE WHEN s.id = p_session THEN p_address
      ELSE s.address END AS address,
      session_bar(new, s, u, CASE WHEN s.id = p_session THEN p_address ELSE s.address END) AS bar
    FROM sessions s JOIN users u ON u.tenant_id = s.tenant_id AND u.id = s.user_id
    WHERE s.tenant_id = p_tenant AND session_bar(old, s, u, CASE WHEN s.id = p_session
      THEN p_address ELSE s.address END) IS NULL
  ), placed AS (
    SELECT q.*, q.emergency AND q.has_factor
      OR CASE WHEN q.id = p_user THEN address_allowed(new.networks, p_address)
        ELSE coalesce((SELECT bool_or(address_allowed(new.networks, l.address)) FROM live l WHERE l.user_id = q.id),
          q.last IS NULL OR address_allowed(new.networks, q.last)) END AS inside
    FROM people q
  )
  SELECT json_build_object(
    'people', (SELECT count(*) FROM people),
    'withoutSecondFactor', (SELECT count(*) FROM people WHERE NOT has_factor),
    'withSecondFactor', (SELECT count(*) FROM people WHERE has_factor),
    'withoutEmail', (SELECT count(*) FROM people WHERE email IS NULL),
    'signedOut', (SELECT count(DISTINCT user_id) FROM live WHERE bar IS NOT NULL),
    'youSignedOut', EXISTS (SELECT FROM live WHERE own AND bar IS NOT NULL),
    'outside', (SELECT count(*) FROM placed WHERE NOT inside),
    'youOutside', EXISTS (SELECT FROM placed WHERE id = p_user AND NOT inside),
    'administrators', (SELECT count(*) FROM placed WHERE role = 'administrator'),
    'administratorsInside', (SELECT count(*) FROM placed WHERE role = 'administrator' AND inside),
    'remembered', (SELECT count(*) FROM devices d
      WHERE d.tenant_id = p_tenant AND d.remembered_until > now() AND old.remember_devices))
  INTO answer;
  RETURN answer;
END $$;
