-- Returns every word by which a user is found. A search matches the beginning of a word.
CREATE OR REPLACE FUNCTION words_of_user(
  p_username text, p_extension text, p_first text, p_last text, p_email text
) RETURNS SETOF text
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
  SELECT DISTINCT left(w, 254) FROM (
    SELECT regexp_split_to_table(search_form(p_first || ' ' || p_last), '\s+') AS w
    UNION ALL SELECT regexp_split_to_table(search_form(p_first || ' ' || p_last), U&'[\0020\00a0.\0027\2019-]+')
    UNION ALL VALUES (p_username), (p_extension), (search_form(p_email))) AS every
  WHERE w <> ''
$$;
