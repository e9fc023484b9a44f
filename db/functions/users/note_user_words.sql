-- Trigger of users: keeps the words by which a user is found up to date. Colleagues search only
-- those marked in_directory: name and extension.
CREATE OR REPLACE FUNCTION note_user_words() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    DELETE FROM user_words WHERE tenant_id = NEW.tenant_id AND user_id = NEW.id;
  END IF;
  INSERT INTO user_words (tenant_id, word, user_id, in_directory)
    SELECT NEW.tenant_id, w, NEW.id, w IN (SELECT words_of_user('', NEW.extension, NEW.first_name, NEW.last_name, ''))
    FROM words_of_user(NEW.username, NEW.extension, NEW.first_name, NEW.last_name, NEW.email) AS w;
  RETURN NULL;
END $$;
