-- Returns what every request starts with, in one statement: the tenant of an address, its branding
-- and policy, and the live session and user for a token, or why that session has ended. With
-- p_slide it moves the time of last use, at most once a minute. A locked row is read without
-- waiting, and its time of last use stays.
CREATE OR REPLACE FUNCTION find_session(
  p_slug text, p_domain text, p_token_hash bytea, p_slide boolean, p_address text DEFAULT NULL
) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  t tenants%ROWTYPE;
  p policies%ROWTYPE;
  s sessions%ROWTYPE;
  u users%ROWTYPE;
  b branding%ROWTYPE;
  why text;
  left_over interval;
  socket text;
BEGIN
  IF p_slug IS NOT NULL THEN
    SELECT * INTO t FROM tenants WHERE slug = p_slug;
  ELSE
    SELECT * INTO t FROM tenants WHERE domain = p_domain;
  END IF;
  IF t.id IS NULL THEN RETURN NULL; END IF;
  PERFORM set_config('app.tenant', t.id::text, true);
  SELECT * INTO p FROM policies WHERE tenant_id = t.id;
  SELECT * INTO b FROM branding WHERE tenant_id = t.id;
  -- Without the entitlement for single sign-on, passwords stay visible.
  p.password_hidden := p.password_hidden AND 'single-sign-on' = ANY (t.entitlements);

  IF p_token_hash IS NOT NULL AND t.status = 'active' THEN
    SELECT * INTO s FROM sessions WHERE tenant_id = t.id AND token_hash = p_token_hash;
    IF s.id IS NULL THEN
      why := 'ended';
    ELSE
      SELECT * INTO u FROM users WHERE tenant_id = t.id AND id = s.user_id;
      why := session_bar(p, s, u, p_address);
      IF why IS NULL THEN
        IF p_slide AND s.last_seen_at < now() - interval '60 seconds' THEN
          PERFORM set_config('synchronous_commit', 'off', true);
          UPDATE sessions SET last_seen_at = now()
            WHERE tenant_id = t.id
              AND id = (SELECT id FROM sessions WHERE tenant_id = t.id AND id = s.id FOR NO KEY UPDATE SKIP LOCKED);
          IF FOUND THEN s.last_seen_at := now(); END IF;
        END IF;
        left_over := least(idle_until(p, s), s.absolute_until,
          s.created_at + make_interval(mins => p.absolute_minutes)) - now();
        IF u.extension IS NOT NULL AND 'phone' = ANY (t.entitlements) THEN
          socket := phone_socket(t.id, u.id, u.extension);
        END IF;
      END IF;
    END IF;
  END IF;

  RETURN json_build_object(
    'tenant', json_build_object('id', t.id, 'slug', t.slug, 'accountId', t.account_id, 'name',
      t.name, 'domain', t.domain,
      'status', t.status, 'locale', t.locale, 'timeZone', t.time_zone, 'entitlements', t.entitlements),
    'brand', CASE WHEN b.tenant_id IS NOT NULL THEN json_build_object('nameEn', b.name_en, 'nameFr', b.name_fr,
      'supportEn', b.support_en, 'supportFr', b.support_fr, 'noteEn', b.note_en, 'noteFr',
        b.note_fr, 'colour', b.colour,
      'logoVersion', b.logo_version, 'logoWidth', b.logo_width, 'logoHeight', b.logo_height) END,
    'policy', json_build_object('secondFactor', second_factor_today(p),
      'secondFactorFrom', CASE WHEN p.second_factor = 'required' AND p.second_factor_from > now()
        THEN p.second_factor_from END,
      'rememberDevices', p.remember_devices, 'resetStyle', p.reset_style,
      'ssoSecondFactor', p.sso_second_factor, 'passwordHidden', p.password_hidden,
      'passwordMinLength', p.password_min_length, 'passwordHistory', p.password_history,
      'lockTries', p.lock_tries, 'lockMinutes', p.lock_minutes, 'networks', p.networks,
      'idleMinutes', p.idle_minutes, 'absoluteMinutes', p.absolute_minutes, 'callGraceMinutes', p.call_grace_minutes),
    'why', why,
    'phone', CASE WHEN socket IS NOT NULL THEN json_build_object('socket', socket) END,
    'session', CASE WHEN s.id IS NOT NULL AND why IS NULL THEN json_build_object('id', s.id, 'factor', s.factor,
      'connectionId', s.connection_id, 'createdAt', s.created_at,
      'msLeft', floor(extract(epoch FROM left_over) * 1000)) END,
    'user', CASE WHEN s.id IS NOT NULL AND why IS NULL THEN json_build_object('id', u.id, 'username', u.username,
      'extension', u.extension, 'firstName', u.first_name, 'lastName', u.last_name, 'email', u.email, 'role', u.role,
      'emergency', u.emergency, 'locale', u.locale, 'timeZone', u.time_zone) END);
END $$;
