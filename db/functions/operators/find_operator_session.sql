-- Returns the operator's live session for a token with its operator, or why it has ended. An idle
-- session ends after 30 minutes. The time of last use moves at most once a minute, so one minute is
-- added. A locked row is read without waiting, and its time of last use stays.
CREATE OR REPLACE FUNCTION find_operator_session(p_token_hash bytea, p_slide boolean) RETURNS json
LANGUAGE plpgsql SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  s operator_sessions%ROWTYPE;
  o operators%ROWTYPE;
  why text;
  idle_left interval;
BEGIN
  SELECT * INTO s FROM operator_sessions WHERE token_hash = p_token_hash;
  IF s.id IS NULL THEN RETURN json_build_object('why', 'ended'); END IF;
  SELECT * INTO o FROM operators WHERE id = s.operator_id;
  idle_left := s.last_seen_at + interval '31 minutes' - now();
  why := CASE
    WHEN o.status <> 'active' THEN 'ended'
    WHEN s.absolute_until <= now() THEN 'absolute'
    WHEN idle_left <= interval '0' THEN 'idle'
  END;
  IF why IS NOT NULL THEN RETURN json_build_object('why', why); END IF;
  IF p_slide AND s.last_seen_at < now() - interval '60 seconds' THEN
    UPDATE operator_sessions SET last_seen_at = now()
      WHERE id = (SELECT id FROM operator_sessions WHERE id = s.id FOR NO KEY UPDATE SKIP LOCKED);
    IF FOUND THEN idle_left := interval '31 minutes'; END IF;
  END IF;
  RETURN json_build_object(
    'session', json_build_object('id', s.id, 'createdAt', s.created_at,
      'msLeft', floor(extract(epoch FROM least(idle_left, s.absolute_until - now())) * 1000)),
    'operator', json_build_object('id', o.id, 'username', o.username, 'firstName', o.first_name,
      'lastName', o.last_name,
      'locale', o.locale, 'timeZone', o.time_zone));
END $$;
