CREATE FUNCTION refuse_change_of_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'History is append-only: % is refused.', lower(TG_OP)
		USING ERRCODE = 'restrict_violation', CONSTRAINT = 'history_is_append_only', TABLE = 'history';
END
$$;
--> statement-breakpoint
CREATE TRIGGER history_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "history"
	FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_history();
