-- Deletes what a tenant can no longer use: ended sessions, expired attempts, old counters, links,
-- devices and single sign-on flows. One tenant at a time, so that no statement runs long.
CREATE OR REPLACE FUNCTION purge_expired(t uuid) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM set_config('app.tenant', t::text, true);
  DELETE FROM sessions WHERE tenant_id = t AND (absolute_until < now() - interval '7 days'
    OR last_seen_at < now() - interval '8 days');
  DELETE FROM attempts WHERE tenant_id = t AND expires_at < now() - interval '1 day';
  DELETE FROM throttles WHERE tenant_id = t AND window_start < now() - interval '1 day'
    AND coalesce(locked_at < now() - interval '1 day', true);
  DELETE FROM password_resets WHERE tenant_id = t AND created_at < now() - interval '7 days';
  DELETE FROM email_changes WHERE tenant_id = t AND created_at < now() - interval '7 days';
  DELETE FROM enrolments WHERE tenant_id = t AND created_at < now() - interval '1 day';
  DELETE FROM devices WHERE tenant_id = t AND last_seen_at < now() - interval '180 days';
  DELETE FROM sso_flows WHERE tenant_id = t AND expires_at < now() - interval '1 day';
  DELETE FROM sso_seen WHERE tenant_id = t AND expires_at < now() - interval '1 hour';
  DELETE FROM sso_failures WHERE tenant_id = t AND at < now() - interval '7 days';
  UPDATE totp_secrets SET sealed_new_codes = NULL, new_codes_at = NULL
    WHERE tenant_id = t AND new_codes_at < now() - interval '10 minutes';
END $$;
