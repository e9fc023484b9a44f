-- Counts one attempt before anything is checked, in one statement, so that concurrent attempts
-- cannot exceed the limit. An attempt during a lockout changes only `refused`. The first lockout
-- within 24 hours lasts as long as the policy says, the second an hour and later ones six hours;
-- locked_at and locked_before are when the last two began.
CREATE OR REPLACE FUNCTION take_try(p_tenant uuid, p_kind text, p_key bytea, p_user uuid)
RETURNS json
LANGUAGE plpgsql AS $$
DECLARE
  r throttles%ROWTYPE;
  tries integer;
  first_lock integer;
BEGIN
  PERFORM set_config('app.tenant', p_tenant::text, true);
  SELECT lock_tries, lock_minutes INTO tries, first_lock FROM policies WHERE tenant_id = p_tenant;
  tries := coalesce(tries, 5);
  first_lock := coalesce(first_lock, 15);
  INSERT INTO throttles AS t (tenant_id, kind, key_digest, user_id, fails, window_start)
  VALUES (p_tenant, p_kind, p_key, p_user, 1, now())
  ON CONFLICT (tenant_id, kind, key_digest) DO UPDATE SET
    refused = CASE WHEN t.locked_until > now() THEN t.refused + 1 ELSE 0 END,
    fails = CASE WHEN t.locked_until > now() THEN t.fails
                 WHEN t.locked_until IS NOT NULL OR t.window_start <= now() - interval '15 minutes'
                   THEN 1 ELSE t.fails + 1 END,
    window_start = CASE WHEN t.locked_until > now() OR t.locked_until IS NULL
      AND t.window_start > now() - interval '15 minutes'
                        THEN t.window_start ELSE now() END,
    locked_until = CASE WHEN t.locked_until > now() THEN t.locked_until
                        WHEN t.locked_until IS NULL
                          AND t.window_start > now() - interval '15 minutes' AND t.fails + 1 >= tries
                        THEN now() + make_interval(mins => CASE
                          WHEN t.locked_before > now() - interval '24 hours' THEN 360
                          WHEN t.locked_at > now() - interval '24 hours' THEN 60
                          ELSE first_lock END) END
  RETURNING * INTO r;
  IF r.locked_until IS NOT NULL AND r.refused = 0 THEN
    UPDATE throttles SET locked_before = locked_at, locked_at = now()
      WHERE tenant_id = p_tenant AND kind = p_kind AND key_digest = p_key;
  END IF;
  RETURN json_build_object('refused', r.refused > 0, 'locks', r.locked_until IS NOT NULL AND r.refused = 0,
    'minutes', ceil(extract(epoch FROM r.locked_until - now()) / 60)::int);
END $$;
