-- Adds p_by to a counter of a fixed window in one statement, so that concurrent requests are all
-- counted. Returns the seconds to wait if the count exceeds p_most, otherwise null.
CREATE OR REPLACE FUNCTION count_volume(p_key text, p_window integer, p_most integer, p_by integer)
RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  r volume_limits%ROWTYPE;
BEGIN
  INSERT INTO volume_limits AS v (key, "window", count)
    VALUES (p_key, floor(extract(epoch FROM now()) / p_window) * p_window, greatest(p_by, 0))
    ON CONFLICT (key, "window") DO UPDATE SET count = greatest(v.count + p_by, 0)
    RETURNING * INTO r;
  RETURN CASE WHEN r.count > p_most THEN ceil(r."window" + p_window - extract(epoch FROM now()))::int END;
END $$;
