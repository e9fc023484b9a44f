-- Returns a text as search and sorting compare it: lower case without accents. The column
-- users.sort_name and the table user_words store its results, so a change needs a migration that
-- computes them again.
CREATE OR REPLACE FUNCTION search_form(p text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT regexp_replace(normalize(lower(p), NFKD), U&'[\0300-\036F]', '', 'g')
$$;
