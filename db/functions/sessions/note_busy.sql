-- Notes that a phone call is in progress in a session. Returns the milliseconds left, or null if it
-- ended.
CREATE OR REPLACE FUNCTION note_busy(p_tenant uuid, p_session uuid) RETURNS double precision
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  p policies%ROWTYPE;
  s sessions%ROWTYPE;
BEGIN
  PERFORM set_config('app.tenant', p_tenant::text, true);
  PERFORM set_config('synchronous_commit', 'off', true);
  SELECT * INTO p FROM policies WHERE tenant_id = p_tenant;
  UPDATE sessions SET busy_at = now() WHERE tenant_id = p_tenant AND id = p_session RETURNING * INTO s;
  IF s.id IS NULL THEN RETURN NULL; END IF;
  RETURN floor(extract(epoch FROM least(idle_until(p, s), s.absolute_until,
    s.created_at + make_interval(mins => p.absolute_minutes)) - now()) * 1000);
END $$;
