-- Takes one attempt for the password of an identifier and returns the user and password hash to
-- check. p_counters count the client's address; p_tenant_counter counts only devices that this user
-- has not signed in from before. An unknown identifier takes its attempt at p_unknown_key.
CREATE OR REPLACE FUNCTION begin_sign_in(
  p_tenant uuid, p_username text, p_extension text, p_unknown_key bytea, p_device bytea,
  p_counters json, p_tenant_counter json
) RETURNS json
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  -- The outcome of the try is committed durably; a refusal that a crash forgets refuses again.
  unhurried text := set_config('synchronous_commit', 'off', true);
  tenant text := set_config('app.tenant', p_tenant::text, true);
  retry_after integer;
  u record;
  r record;
  budget bytea := p_unknown_key;
  known boolean := false;
BEGIN
  retry_after := count_volumes(p_counters, 1);
  IF retry_after IS NOT NULL THEN RETURN json_build_object('retryAfter', retry_after, 'full', 'address'); END IF;
  IF p_username IS NOT NULL THEN
    SELECT id, status, email, emergency, second_factor_required INTO u FROM users
      WHERE tenant_id = p_tenant AND username = p_username;
  ELSE
    SELECT id, status, email, emergency, second_factor_required INTO u FROM users
      WHERE tenant_id = p_tenant AND extension = p_extension;
  END IF;
  SELECT p.hash, p.changed_at::text AS changed_at, p.temporary_until IS NOT NULL AS temporary,
    coalesce(p.temporary_until <= now(), false) AS expired,
      d.id AS device, coalesce(d.remembered_until > now(), false) AS remembered,
      EXISTS (SELECT FROM totp_secrets s WHERE s.tenant_id = p_tenant AND s.user_id = u.id) AS enrolled INTO r
    FROM (VALUES (u.id)) AS one (id)
    LEFT JOIN passwords p ON p.tenant_id = p_tenant AND p.user_id = one.id
    LEFT JOIN devices d ON d.tenant_id = p_tenant AND d.user_id = one.id AND d.token_hash = p_device;
  IF u.id IS NOT NULL THEN
    known := r.device IS NOT NULL;
    budget := uuid_send(u.id) || CASE WHEN known THEN p_device ELSE '' END;
  END IF;
  IF NOT known THEN
    retry_after := count_volumes(p_tenant_counter, 1);
    IF retry_after IS NOT NULL THEN RETURN json_build_object('retryAfter', retry_after, 'full', 'tenant'); END IF;
  END IF;
  RETURN json_build_object(
    'try', take_try(p_tenant, 'password', budget, u.id),
    'budget', encode(budget, 'base64'),
    'known', known,
    'user', CASE WHEN u.status = 'active' THEN json_build_object('id', u.id, 'email', u.email,
      'emergency', u.emergency,
      'secondFactorRequired', u.second_factor_required, 'hasSecondFactor', r.enrolled,
        'remembered', r.remembered) END,
    'subject', u.id,
    'hash', r.hash,
    'changedAt', r.changed_at,
    'temporary', r.temporary,
    'expired', r.expired);
END $$;
