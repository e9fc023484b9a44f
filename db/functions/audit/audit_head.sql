-- Locks the head of a tenant's audit chain and returns it as JSON with the time in milliseconds.
-- Call it last: sign-ins at the same tenant wait for this lock.
CREATE OR REPLACE FUNCTION audit_head(p_tenant uuid) RETURNS json
LANGUAGE plpgsql AS $$
DECLARE
  head record;
BEGIN
  SELECT * INTO head FROM lock_audit_head(p_tenant);
  RETURN json_build_object('seq', head.seq, 'mac', encode(head.mac, 'base64'), 'at',
    floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint);
END $$;
