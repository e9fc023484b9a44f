-- Returns what the home page shows about the user's account: previous sign-in, email address,
-- second factor and recovery codes left.
CREATE OR REPLACE FUNCTION home_overview(p_tenant uuid, p_user uuid) RETURNS json
LANGUAGE plpgsql SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  mail text;
  seen last_sign_ins%ROWTYPE;
  has_factor boolean;
  codes integer := 0;
BEGIN
  PERFORM set_config('app.tenant', p_tenant::text, true);
  SELECT email INTO mail FROM users WHERE tenant_id = p_tenant AND id = p_user;
  IF NOT FOUND THEN RETURN NULL; END IF;
  SELECT * INTO seen FROM last_sign_ins WHERE tenant_id = p_tenant AND user_id = p_user;
  has_factor := EXISTS (SELECT FROM totp_secrets WHERE tenant_id = p_tenant AND user_id = p_user);
  IF has_factor THEN
    SELECT count(*) INTO codes FROM recovery_codes
      WHERE tenant_id = p_tenant AND user_id = p_user AND used_at IS NULL;
  END IF;
  RETURN json_build_object('at', seen.previous_at, 'address', seen.previous_address,
    'hasEmail', mail IS NOT NULL, 'secondFactor', has_factor, 'codesLeft', codes);
END $$;
