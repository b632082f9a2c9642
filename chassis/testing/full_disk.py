"""A disk without room, in PostgreSQL's word, at the table that each write of a member reaches."""

FILL_DISK = """
CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'could not extend file: No space left' USING ERRCODE = '53100'; END $$;
CREATE TRIGGER refuse BEFORE INSERT ON outbox EXECUTE FUNCTION refuse();
"""
EMPTY_DISK = "DROP TRIGGER refuse ON outbox"
