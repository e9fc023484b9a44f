-- Gives back what a correct password's attempt took from the counters, and returns whether that
-- password is still the user's, locked against a change until the transaction ends. Takes its locks
-- in the order of begin_sign_in, so that the two cannot deadlock.
CREATE OR REPLACE FUNCTION use_password(
  p_tenant uuid, p_user uuid, p_changed_at timestamptz, p_budget bytea, p_counters json
) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM count_volumes(p_counters, -1);
  DELETE FROM throttles WHERE tenant_id = p_tenant AND kind = 'password' AND key_digest = ANY (cleared_by(p_budget));
  PERFORM FROM passwords WHERE tenant_id = p_tenant AND user_id = p_user AND changed_at = p_changed_at FOR SHARE;
  RETURN FOUND;
END $$;
