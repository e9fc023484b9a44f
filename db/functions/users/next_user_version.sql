-- Trigger of users: increases the version, so that an edit of an outdated form is refused.
CREATE OR REPLACE FUNCTION next_user_version() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  NEW.version := OLD.version + 1;
  RETURN NEW;
END $$;
