-- Trigger of audit_events: checks that the rows added by one statement continue the tenant's chain
-- without a gap, and moves the chain's head to the last of them. Raises an exception otherwise.
CREATE OR REPLACE FUNCTION advance_audit_head() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  first record;
  last record;
BEGIN
  SELECT tenant_id, seq, previous_mac INTO first FROM added ORDER BY seq LIMIT 1;
  SELECT tenant_id, seq, mac INTO last FROM added ORDER BY seq DESC LIMIT 1;
  IF first.seq IS NULL THEN RETURN NULL; END IF;
  IF first.seq <> last.seq AND EXISTS (
    SELECT FROM (SELECT tenant_id, seq, previous_mac, lag(seq) OVER w AS seq_before, lag(mac) OVER w AS mac_before
      FROM added WINDOW w AS (ORDER BY seq)) AS a
    WHERE a.tenant_id <> first.tenant_id OR a.seq <> first.seq AND (a.seq <> a.seq_before + 1
      OR a.previous_mac <> a.mac_before)) THEN
    RAISE EXCEPTION 'audit events from % on do not follow each other', first.seq;
  END IF;
  UPDATE audit_heads SET seq = last.seq, mac = last.mac
    WHERE tenant_id = first.tenant_id AND seq = first.seq - 1 AND mac = first.previous_mac;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'audit event % does not follow the end of the chain', first.seq;
  END IF;
  RETURN NULL;
END $$;
