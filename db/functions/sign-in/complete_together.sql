-- Signs in users of one tenant whose passwords were correct, in one transaction. Locks the users
-- first, administrators before others, opens each session, gives back what the attempts took in the
-- order of begin_sign_in, then locks the audit head. A user who is refused, or whose password has
-- changed in the meantime, gets null and nothing back.
CREATE OR REPLACE FUNCTION complete_together(p_tenant uuid, p_users uuid[], p_people json)
RETURNS json
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  person record;
  volume record;
  wait integer;
  one json;
  opened json[] := '{}';
  counted json[] := '{}';
  budgets bytea[] := '{}';
BEGIN
  IF cardinality(p_users) > 1 THEN
    PERFORM FROM users WHERE tenant_id = p_tenant AND id = ANY (p_users)
      ORDER BY role = 'administrator' AND status = 'active' DESC, id FOR NO KEY UPDATE;
  END IF;
  FOR person IN SELECT * FROM json_to_recordset(p_people) AS x ("userId" uuid, "changedAt" timestamptz,
      budget text, counters json, token text, factor text, address text, agent text, device text) LOOP
    one := NULL;
    PERFORM FROM passwords WHERE tenant_id = p_tenant AND user_id = person."userId"
      AND changed_at = person."changedAt" FOR SHARE;
    IF FOUND THEN
      one := open_session(p_tenant, person."userId", decode(person.token, 'base64'), person.factor,
        person.address, person.agent, decode(person.device, 'base64'), NULL, NULL, NULL, NULL);
    END IF;
    IF one IS NOT NULL THEN
      budgets := budgets || cleared_by(decode(person.budget, 'base64'));
      counted := array_append(counted, person.counters);
    END IF;
    opened := array_append(opened, one);
  END LOOP;
  IF budgets = '{}' THEN RETURN json_build_object('opened', array_to_json(opened)); END IF;
  FOR volume IN
    SELECT c.key, c."window", c.most, count(*)::integer AS tries
      FROM unnest(counted) AS list, json_to_recordset(list) AS c (key text, "window" integer, most integer)
      GROUP BY c.key, c."window", c.most ORDER BY c.key COLLATE "C" LOOP
    wait := count_volume(volume.key, volume."window", volume.most, -volume.tries);
  END LOOP;
  DELETE FROM throttles WHERE tenant_id = p_tenant AND kind = 'password' AND key_digest = ANY (budgets);
  RETURN json_build_object('opened', array_to_json(opened), 'head', audit_head(p_tenant));
END $$;
