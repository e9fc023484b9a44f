-- Counts in fixed windows by the database's clock, in one statement, so that concurrent requests cannot both be the last
-- one. Returns the seconds to wait where the count is over `p_most`, else nothing.
CREATE FUNCTION count_volume(p_key text, p_window integer, p_most integer, p_by integer) RETURNS integer
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  r volume_limits%ROWTYPE;
BEGIN
  INSERT INTO volume_limits AS v (key, "window", count)
    VALUES (p_key, floor(extract(epoch FROM now()) / p_window) * p_window, greatest(p_by, 0))
    ON CONFLICT (key, "window") DO UPDATE SET count = greatest(v.count + p_by, 0)
    RETURNING * INTO r;
  RETURN CASE WHEN r.count > p_most THEN ceil(r."window" + p_window - extract(epoch FROM now()))::int END;
END $$;
--> statement-breakpoint
-- The address's count and then the person's budget, in one statement: a busy address takes nothing from a budget.
-- Without a key somebody else has counted the address.
CREATE FUNCTION begin_sign_in(p_tenant uuid, p_username text, p_extension text, p_unknown_key bytea, p_device bytea,
  p_volume_key text, p_window integer, p_most integer) RETURNS json
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  retry_after integer;
BEGIN
  IF p_volume_key IS NOT NULL THEN
    retry_after := count_volume(p_volume_key, p_window, p_most, 1);
    IF retry_after IS NOT NULL THEN RETURN json_build_object('retryAfter', retry_after); END IF;
  END IF;
  RETURN begin_password(p_tenant, p_username, p_extension, p_unknown_key, p_device);
END $$;
--> statement-breakpoint
-- What a password that was right is followed by: gives back what the try took, and says whether the password checked is
-- still the user's, locked against a change until the caller's transaction ends. In the order of begin_sign_in: no circle.
CREATE FUNCTION use_password(p_tenant uuid, p_user uuid, p_changed_at timestamptz, p_budget bytea,
  p_volume_key text, p_window integer, p_most integer) RETURNS boolean
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF p_volume_key IS NOT NULL THEN PERFORM count_volume(p_volume_key, p_window, p_most, -1); END IF;
  DELETE FROM throttles WHERE tenant_id = p_tenant AND kind = 'password' AND key_digest = p_budget;
  PERFORM FROM passwords WHERE tenant_id = p_tenant AND user_id = p_user AND changed_at = p_changed_at FOR SHARE;
  RETURN FOUND;
END $$;
--> statement-breakpoint
-- What Home tells a person of his account.
CREATE FUNCTION home_overview(p_tenant uuid, p_user uuid) RETURNS json
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  u users%ROWTYPE;
  has_factor boolean;
  codes integer := 0;
BEGIN
  PERFORM set_config('app.tenant', p_tenant::text, true);
  SELECT * INTO u FROM users WHERE tenant_id = p_tenant AND id = p_user;
  IF NOT FOUND THEN RETURN NULL; END IF;
  has_factor := EXISTS (SELECT FROM totp_secrets WHERE tenant_id = p_tenant AND user_id = p_user);
  IF has_factor THEN
    SELECT count(*) INTO codes FROM recovery_codes WHERE tenant_id = p_tenant AND user_id = p_user AND used_at IS NULL;
  END IF;
  RETURN json_build_object('at', u.previous_sign_in_at, 'address', u.previous_sign_in_address,
    'hasEmail', u.email IS NOT NULL, 'secondFactor', has_factor, 'codesLeft', codes);
END $$;
--> statement-breakpoint
-- What every request and every sign-in begins with finds its rows by their keys: planning it anew each time, as Postgres
-- does where row security makes a plan look dear, costs as much again as running it.
ALTER FUNCTION find_session(text, text, bytea, boolean) SET plan_cache_mode = force_generic_plan;
--> statement-breakpoint
ALTER FUNCTION home_overview(uuid, uuid) SET plan_cache_mode = force_generic_plan;
--> statement-breakpoint
ALTER FUNCTION begin_sign_in(uuid, text, text, bytea, bytea, text, integer, integer) SET plan_cache_mode = force_generic_plan;
--> statement-breakpoint
ALTER FUNCTION use_password(uuid, uuid, timestamptz, bytea, text, integer, integer) SET plan_cache_mode = force_generic_plan;
--> statement-breakpoint
ALTER FUNCTION complete_sign_in(uuid, uuid, bytea, text, text, text, bytea, uuid, text, text, text) SET plan_cache_mode = force_generic_plan;
