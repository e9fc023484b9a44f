-- Returns whether an address lies in the networks that a policy allows. An empty list allows every
-- address; a text that is no address lies in no network.
CREATE OR REPLACE FUNCTION address_allowed(p_networks text[], p_address text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE SET search_path = public, pg_temp AS $$
BEGIN
  IF cardinality(p_networks) = 0 THEN RETURN true; END IF;
  RETURN coalesce(regexp_replace(p_address, '^::ffff:(?=\d+\.)', '')::inet <<= ANY (p_networks::cidr[]), false);
EXCEPTION WHEN invalid_text_representation THEN
  RETURN false;
END $$;
