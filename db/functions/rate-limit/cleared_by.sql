-- Returns the keys of the counters that a correct password clears: its own and, from a device that
-- the user has signed in from before, the one for unknown devices.
CREATE OR REPLACE FUNCTION cleared_by(p_budget bytea) RETURNS bytea[]
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN length(p_budget) > 32 THEN ARRAY[p_budget, substring(p_budget, 1, 16)] ELSE ARRAY[p_budget] END
$$;
