-- Returns a tenant's sign-ins, those with a second factor, and failures for each day with any,
-- numbered from 1. The caller passes the days' starts, so that no time zone must be known here.
CREATE OR REPLACE FUNCTION tenant_activity(p_tenant uuid, p_starts timestamptz[])
RETURNS TABLE (day integer, sign_ins bigint, second_factor bigint, failures bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM set_config('app.tenant', p_tenant::text, true);
  RETURN QUERY
    SELECT width_bucket(e.at, p_starts),
      count(*) FILTER (WHERE e.event = 'authn_login_success'),
      count(*) FILTER (WHERE e.event = 'authn_login_success' AND e.detail->>'factor' IN ('totp', 'recovery-code')),
      count(*) FILTER (WHERE e.event <> 'authn_login_success')
    FROM audit_events e
    WHERE e.tenant_id = p_tenant AND e.at >= p_starts[1]
      AND e.event IN ('authn_login_success', 'authn_login_fail', 'authn_login_code_fail', 'authn_sso_fail')
    GROUP BY 1;
END $$;
