-- Adds p_by to several counters, narrowest first. Stops at the first that is full, so that one busy
-- address does not fill the counter of its network or tenant. Returns the seconds to wait, or null.
CREATE OR REPLACE FUNCTION count_volumes(p_counters json, p_by integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  one record;
  wait integer;
BEGIN
  FOR one IN SELECT * FROM json_to_recordset(p_counters) AS x (key text, "window" integer, most integer) LOOP
    wait := count_volume(one.key, one."window", one.most, p_by);
    IF wait IS NOT NULL AND p_by > 0 THEN RETURN wait; END IF;
  END LOOP;
  RETURN NULL;
END $$;
