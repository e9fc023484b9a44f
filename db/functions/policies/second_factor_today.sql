-- Returns the second factor that a policy asks for today: until its start date a requirement is
-- optional.
CREATE OR REPLACE FUNCTION second_factor_today(p policies) RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN p.second_factor = 'required' AND p.second_factor_from > now() THEN 'optional'
    ELSE p.second_factor END
$$;
