-- Returns why a policy ends or refuses a session, or null if it may continue. Used for every
-- request and for the preview of a policy. An emergency account with its own factor may come from
-- any network.
CREATE OR REPLACE FUNCTION session_bar(p policies, s sessions, u users, p_address text) RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN u.id IS NULL OR u.status <> 'active' THEN 'ended'
    WHEN least(s.absolute_until, s.created_at + make_interval(mins => p.absolute_minutes)) <= now() THEN 'absolute'
    WHEN idle_until(p, s) <= now() THEN 'idle'
    WHEN p.password_hidden AND s.connection_id IS NULL AND NOT u.emergency THEN 'single-sign-on'
    WHEN p.password_hidden AND s.connection_id IS NULL AND coalesce(s.factor, 'device') = 'device'
      THEN 'second-factor'
    WHEN second_factor_today(p) = 'required' AND CASE
      WHEN s.connection_id IS NULL THEN s.factor IS NULL
      WHEN p.sso_second_factor = 'when-missing' THEN s.factor IS NULL
      ELSE p.sso_second_factor = 'always' AND coalesce(s.factor, 'provider') = 'provider' END THEN 'second-factor'
    WHEN cardinality(p.networks) > 0 AND NOT (u.emergency AND coalesce(s.factor, '') IN ('totp', 'recovery-code'))
      AND NOT address_allowed(p.networks, p_address) THEN 'network'
  END
$$;
