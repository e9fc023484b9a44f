-- Returns when a session becomes idle. A phone call counts as activity, but only for the policy's
-- grace period after the last other activity. One minute is added, because the time of last use
-- moves at most once a minute.
CREATE OR REPLACE FUNCTION idle_until(p policies, s sessions) RETURNS timestamptz
LANGUAGE sql STABLE AS $$
  SELECT least(greatest(s.last_seen_at, s.busy_at) + make_interval(mins => p.idle_minutes),
    s.last_seen_at + make_interval(mins => greatest(p.idle_minutes, p.call_grace_minutes))) + interval '60 seconds'
$$;
