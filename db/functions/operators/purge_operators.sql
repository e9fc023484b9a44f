-- Deletes operators' ended sessions and expired attempts, devices unused for 180 days, and new
-- recovery codes that were to be shown once.
CREATE OR REPLACE FUNCTION purge_operators() RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM operator_sessions WHERE absolute_until < now() OR last_seen_at < now() - interval '1 day';
  DELETE FROM operator_attempts WHERE expires_at < now();
  DELETE FROM operator_devices WHERE last_seen_at < now() - interval '180 days';
  UPDATE operators SET sealed_new_codes = NULL, new_codes_at = NULL
    WHERE new_codes_at < now() - interval '10 minutes';
END $$;
