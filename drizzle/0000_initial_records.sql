CREATE TABLE "anchor" (
	"certification_id" integer NOT NULL,
	"cycle" integer NOT NULL,
	"name" text NOT NULL,
	"day" date NOT NULL,
	"assumed" boolean NOT NULL,
	CONSTRAINT "anchor_is_set_once_per_cycle" PRIMARY KEY("certification_id","cycle","name")
);
--> statement-breakpoint
CREATE TABLE "calendar_day" (
	"calendar" text NOT NULL,
	"day" date NOT NULL,
	"working" boolean NOT NULL,
	"name" text NOT NULL,
	CONSTRAINT "calendar_day_is_said_once" PRIMARY KEY("calendar","day")
);
--> statement-breakpoint
CREATE TABLE "calendar_year" (
	"calendar" text NOT NULL,
	"year" integer NOT NULL,
	"source" text NOT NULL,
	CONSTRAINT "calendar_year_is_known_once" PRIMARY KEY("calendar","year")
);
--> statement-breakpoint
CREATE TABLE "certification" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "certification_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"organisation_id" integer NOT NULL,
	"scheme" text NOT NULL,
	"options" jsonb NOT NULL,
	"name" text NOT NULL,
	"scope" text,
	"holder" text,
	"certificate_number" text,
	"certification_body" text,
	"owner_id" integer,
	"parent_id" integer,
	"register_key" text NOT NULL,
	"register_facts" jsonb NOT NULL,
	"entered_on" date NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"revision" integer NOT NULL,
	CONSTRAINT "register_key_is_used_once_per_organisation_and_scheme" UNIQUE("organisation_id","scheme","register_key"),
	CONSTRAINT "certification_is_not_its_own_parent" CHECK ("certification"."parent_id" <> "certification"."id")
);
--> statement-breakpoint
CREATE TABLE "cycle" (
	"certification_id" integer NOT NULL,
	"number" integer NOT NULL,
	"kind" text NOT NULL,
	CONSTRAINT "cycle_is_numbered_within_its_certification" PRIMARY KEY("certification_id","number"),
	CONSTRAINT "cycle_is_numbered_from_one" CHECK ("cycle"."number" >= 1),
	CONSTRAINT "cycle_is_initial_or_recertification" CHECK ("cycle"."kind" in ('initial', 'recertification'))
);
--> statement-breakpoint
CREATE TABLE "decision" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "decision_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"certification_id" integer NOT NULL,
	"cycle" integer NOT NULL,
	"kind" text NOT NULL,
	"decided_on" date NOT NULL,
	"until_on" date,
	"reason" text,
	"recorded_by" integer,
	"recorded_at" timestamp with time zone NOT NULL,
	CONSTRAINT "decision_kind_is_known" CHECK ("decision"."kind" in ('grant', 'maintain', 'renew', 'suspend', 'restore', 'withdraw', 'cancel', 'extend', 'archive', 'expand-scope', 'reduce-scope')),
	CONSTRAINT "decision_lasts_until_a_day_not_before_it" CHECK ("decision"."until_on" >= "decision"."decided_on")
);
--> statement-breakpoint
CREATE TABLE "delivery" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "delivery_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"message_id" integer NOT NULL,
	"attempt" integer NOT NULL,
	"channel" text NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"outcome" text,
	"phase" text,
	"fault" text,
	"reply" text,
	CONSTRAINT "delivery_attempts_are_numbered_within_their_message" UNIQUE("message_id","attempt"),
	CONSTRAINT "delivery_channel_is_capture_or_smtp" CHECK ("delivery"."channel" in ('capture', 'smtp')),
	CONSTRAINT "delivery_outcome_is_known" CHECK ("delivery"."outcome" in ('sent', 'captured', 'deferred', 'rejected', 'abandoned', 'released', 'in-doubt'))
);
--> statement-breakpoint
CREATE TABLE "history" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "history_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"organisation_id" integer NOT NULL,
	"sequence" integer NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"actor_id" integer,
	"event" text NOT NULL,
	"subject" text NOT NULL,
	"subject_id" integer NOT NULL,
	"facts" jsonb NOT NULL,
	"previous_hash" text NOT NULL,
	"hash" text NOT NULL,
	CONSTRAINT "history_has_one_link_per_number" UNIQUE("organisation_id","sequence"),
	CONSTRAINT "history_link_has_one_successor" UNIQUE("organisation_id","previous_hash")
);
--> statement-breakpoint
CREATE TABLE "installation" (
	"name" text PRIMARY KEY NOT NULL,
	"value" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "job_run" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "job_run_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"job" text NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"as_of" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"outcome" text,
	"counts" jsonb,
	"error" text,
	CONSTRAINT "job_run_outcome_is_done_or_failed" CHECK ("job_run"."outcome" in ('done', 'failed')),
	CONSTRAINT "job_run_ended_has_an_outcome" CHECK (("job_run"."ended_at" is null) = ("job_run"."outcome" is null))
);
--> statement-breakpoint
CREATE TABLE "message" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "message_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"organisation_id" integer NOT NULL,
	"person_id" integer NOT NULL,
	"kind" text NOT NULL,
	"period" text NOT NULL,
	"part" integer NOT NULL,
	"rehearsal" boolean NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	"state" text NOT NULL,
	"message_id" text NOT NULL,
	"language" text NOT NULL,
	"address" text,
	"subject" text,
	"text" text,
	"html" text,
	"raw" "bytea",
	"fingerprint" text,
	"gated_at" timestamp with time zone,
	"token" text,
	"lease_until" timestamp with time zone,
	"attempts" integer NOT NULL,
	"next_attempt_at" timestamp with time zone NOT NULL,
	"settled_at" timestamp with time zone,
	"reply" text,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "message_is_one_per_person_kind_period_and_part" UNIQUE("person_id","kind","period","part","rehearsal"),
	CONSTRAINT "message_id_is_used_once" UNIQUE("message_id"),
	CONSTRAINT "message_kind_is_known" CHECK ("message"."kind" in ('daily', 'digest')),
	CONSTRAINT "message_state_is_known" CHECK ("message"."state" in ('planned', 'claimed', 'gated', 'sent', 'captured', 'deferred', 'rejected', 'abandoned', 'cancelled')),
	CONSTRAINT "message_in_flight_has_a_token_and_a_lease" CHECK (("message"."state" in ('claimed', 'gated')) = ("message"."token" is not null and "message"."lease_until" is not null)),
	CONSTRAINT "message_settled_has_its_moment" CHECK (("message"."state" in ('sent', 'captured', 'rejected', 'abandoned', 'cancelled')) = ("message"."settled_at" is not null)),
	CONSTRAINT "message_gone_out_has_its_bytes" CHECK ("message"."state" not in ('gated', 'sent', 'captured') or "message"."raw" is not null),
	CONSTRAINT "message_of_a_rehearsal_never_leaves" CHECK (not "message"."rehearsal" or "message"."state" not in ('gated', 'sent'))
);
--> statement-breakpoint
CREATE TABLE "notice" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "notice_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"obligation_id" integer NOT NULL,
	"counted_to" date NOT NULL,
	"notice" text NOT NULL,
	"offset_days" integer NOT NULL,
	"person_id" integer NOT NULL,
	"on_behalf_of" integer,
	"purpose" text NOT NULL,
	"outcome" text NOT NULL,
	"reason" text NOT NULL,
	"message_id" integer,
	"decided_at" timestamp with time zone NOT NULL,
	CONSTRAINT "notice_purpose_is_known" CHECK ("notice"."purpose" in ('reminder', 'escalation', 'fallback')),
	CONSTRAINT "notice_outcome_is_known" CHECK ("notice"."outcome" in ('said', 'covered', 'skipped', 'unsaid')),
	CONSTRAINT "notice_said_is_in_a_message" CHECK ("notice"."outcome" <> 'said' or "notice"."message_id" is not null)
);
--> statement-breakpoint
CREATE TABLE "obligation" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "obligation_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"certification_id" integer NOT NULL,
	"organisation_id" integer NOT NULL,
	"cycle" integer NOT NULL,
	"rule_id" text NOT NULL,
	"ordinal" integer NOT NULL,
	"kind" text NOT NULL,
	"tier" text NOT NULL,
	"ladder" text NOT NULL,
	"title" jsonb NOT NULL,
	"opens_on" date,
	"due_on" date NOT NULL,
	"latest_on" date,
	"met_by" text NOT NULL,
	"owed_by" text NOT NULL,
	"basis" text NOT NULL,
	"mark" text NOT NULL,
	"provisional" boolean NOT NULL,
	"booked_on" date,
	"state" text NOT NULL,
	"owner_id" integer,
	"step_id" integer,
	"entered_on" date NOT NULL,
	"submitted_on" date,
	"met_on" date,
	"reason" text,
	"ended_by" text,
	"moved_from" date,
	"moved_by" text,
	"counted_to" date GENERATED ALWAYS AS (coalesce(booked_on, due_on)) STORED NOT NULL,
	"late_after" date GENERATED ALWAYS AS (coalesce(latest_on, due_on)) STORED NOT NULL,
	"check_at" timestamp with time zone,
	"revision" integer NOT NULL,
	CONSTRAINT "obligation_is_one_per_certification_cycle_rule_and_ordinal" UNIQUE("certification_id","cycle","rule_id","ordinal"),
	CONSTRAINT "obligation_state_is_known" CHECK ("obligation"."state" in ('unconfirmed', 'open', 'submitted', 'met', 'not-applicable')),
	CONSTRAINT "obligation_tier_is_a_b_or_c" CHECK ("obligation"."tier" in ('A', 'B', 'C')),
	CONSTRAINT "obligation_is_owed_by_us_or_an_outside_party" CHECK ("obligation"."owed_by" in ('organisation', 'outside')),
	CONSTRAINT "obligation_met_has_its_day" CHECK (("obligation"."state" = 'met') = ("obligation"."met_on" is not null)),
	CONSTRAINT "obligation_submitted_has_its_day" CHECK ("obligation"."state" <> 'submitted' or "obligation"."submitted_on" is not null),
	CONSTRAINT "obligation_is_ended_by_the_rules_or_a_person" CHECK ("obligation"."ended_by" in ('rules', 'person')),
	CONSTRAINT "obligation_not_applicable_has_a_reason" CHECK ("obligation"."state" <> 'not-applicable' or "obligation"."reason" is not null),
	CONSTRAINT "obligation_opens_on_or_before_it_is_due" CHECK ("obligation"."opens_on" <= "obligation"."due_on"),
	CONSTRAINT "obligation_looser_day_is_not_the_earlier" CHECK ("obligation"."latest_on" >= "obligation"."due_on")
);
--> statement-breakpoint
CREATE TABLE "organisation" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "organisation_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"zone" text NOT NULL,
	"calendar" text NOT NULL,
	"language" text NOT NULL,
	"send_hour" text NOT NULL,
	"live_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "organisation_language_is_english_or_chinese" CHECK ("organisation"."language" in ('en', 'zh')),
	CONSTRAINT "organisation_send_hour_is_a_local_time" CHECK ("organisation"."send_hour" ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$')
);
--> statement-breakpoint
CREATE TABLE "person" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "person_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"organisation_id" integer NOT NULL,
	"name" text NOT NULL,
	"email" text,
	"roles" text[] NOT NULL,
	"zone" text,
	"calendar" text,
	"language" text,
	"send_hour" text,
	"supervisor_id" integer,
	"deputy_id" integer,
	"away_from" date,
	"away_until" date,
	"deactivated_at" timestamp with time zone,
	"email_rejected_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "person_is_not_their_own_supervisor" CHECK ("person"."supervisor_id" <> "person"."id"),
	CONSTRAINT "person_is_not_their_own_deputy" CHECK ("person"."deputy_id" <> "person"."id"),
	CONSTRAINT "person_language_is_english_or_chinese" CHECK ("person"."language" in ('en', 'zh')),
	CONSTRAINT "person_send_hour_is_a_local_time" CHECK ("person"."send_hour" ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
	CONSTRAINT "person_is_away_from_a_day_until_a_day" CHECK (("person"."away_from" is null) = ("person"."away_until" is null) and ("person"."away_from" is null or "person"."away_from" <= "person"."away_until"))
);
--> statement-breakpoint
CREATE TABLE "policy" (
	"ladder" text PRIMARY KEY NOT NULL,
	"rungs" jsonb NOT NULL,
	"changed_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "procedure" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "procedure_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"certification_id" integer NOT NULL,
	"cycle" integer NOT NULL,
	"template" text NOT NULL,
	"version" text NOT NULL,
	"title" jsonb NOT NULL,
	"started_on" date NOT NULL,
	"target_on" date,
	"ended_on" date
);
--> statement-breakpoint
CREATE TABLE "session" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "session_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"person_id" integer NOT NULL,
	"token_hash" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"seen_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	CONSTRAINT "session_token_is_used_once" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "sign_in_link" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "sign_in_link_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"person_id" integer NOT NULL,
	"token_hash" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone,
	CONSTRAINT "sign_in_link_token_is_used_once" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "stage" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "stage_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"procedure_id" integer NOT NULL,
	"ordinal" integer NOT NULL,
	"code" text NOT NULL,
	"title" jsonb NOT NULL,
	CONSTRAINT "stage_code_is_used_once_per_procedure" UNIQUE("procedure_id","code")
);
--> statement-breakpoint
CREATE TABLE "step" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "step_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"procedure_id" integer NOT NULL,
	"stage_id" integer NOT NULL,
	"ordinal" integer NOT NULL,
	"code" text NOT NULL,
	"title" jsonb NOT NULL,
	"days" integer NOT NULL,
	"role" text NOT NULL,
	"waits_on" text,
	"deliverable" text NOT NULL,
	"basis" text NOT NULL,
	"mark" text NOT NULL,
	"owner_id" integer,
	"start_on" date,
	"finish_on" date,
	"provisional" boolean NOT NULL,
	"state" text NOT NULL,
	"started_on" date,
	"done_on" date,
	"reason" text,
	CONSTRAINT "step_code_is_used_once_per_procedure" UNIQUE("procedure_id","code"),
	CONSTRAINT "step_state_is_known" CHECK ("step"."state" in ('not-started', 'in-progress', 'waiting', 'done', 'skipped')),
	CONSTRAINT "step_done_has_its_day" CHECK (("step"."state" = 'done') = ("step"."done_on" is not null)),
	CONSTRAINT "step_skipped_has_a_reason" CHECK ("step"."state" <> 'skipped' or "step"."reason" is not null),
	CONSTRAINT "step_finishes_on_or_after_its_start" CHECK ("step"."finish_on" >= "step"."start_on")
);
--> statement-breakpoint
CREATE TABLE "watermark" (
	"job" text PRIMARY KEY NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "anchor" ADD CONSTRAINT "anchor_belongs_to_a_cycle" FOREIGN KEY ("certification_id","cycle") REFERENCES "public"."cycle"("certification_id","number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "certification" ADD CONSTRAINT "certification_organisation_id_organisation_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisation"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "certification" ADD CONSTRAINT "certification_owner_id_person_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "certification" ADD CONSTRAINT "parent_is_a_certification" FOREIGN KEY ("parent_id") REFERENCES "public"."certification"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cycle" ADD CONSTRAINT "cycle_certification_id_certification_id_fk" FOREIGN KEY ("certification_id") REFERENCES "public"."certification"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "decision" ADD CONSTRAINT "decision_recorded_by_person_id_fk" FOREIGN KEY ("recorded_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "decision" ADD CONSTRAINT "decision_belongs_to_a_cycle" FOREIGN KEY ("certification_id","cycle") REFERENCES "public"."cycle"("certification_id","number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "delivery" ADD CONSTRAINT "delivery_message_id_message_id_fk" FOREIGN KEY ("message_id") REFERENCES "public"."message"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "history" ADD CONSTRAINT "history_organisation_id_organisation_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisation"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "history" ADD CONSTRAINT "history_actor_id_person_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "message" ADD CONSTRAINT "message_organisation_id_organisation_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisation"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "message" ADD CONSTRAINT "message_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notice" ADD CONSTRAINT "notice_obligation_id_obligation_id_fk" FOREIGN KEY ("obligation_id") REFERENCES "public"."obligation"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notice" ADD CONSTRAINT "notice_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notice" ADD CONSTRAINT "notice_on_behalf_of_person_id_fk" FOREIGN KEY ("on_behalf_of") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notice" ADD CONSTRAINT "notice_message_id_message_id_fk" FOREIGN KEY ("message_id") REFERENCES "public"."message"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "obligation" ADD CONSTRAINT "obligation_certification_id_certification_id_fk" FOREIGN KEY ("certification_id") REFERENCES "public"."certification"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "obligation" ADD CONSTRAINT "obligation_organisation_id_organisation_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisation"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "obligation" ADD CONSTRAINT "obligation_owner_id_person_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "obligation" ADD CONSTRAINT "obligation_step_id_step_id_fk" FOREIGN KEY ("step_id") REFERENCES "public"."step"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "person" ADD CONSTRAINT "person_organisation_id_organisation_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisation"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "person" ADD CONSTRAINT "supervisor_is_a_person" FOREIGN KEY ("supervisor_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "person" ADD CONSTRAINT "deputy_is_a_person" FOREIGN KEY ("deputy_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "procedure" ADD CONSTRAINT "procedure_certification_id_certification_id_fk" FOREIGN KEY ("certification_id") REFERENCES "public"."certification"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "session" ADD CONSTRAINT "session_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sign_in_link" ADD CONSTRAINT "sign_in_link_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "stage" ADD CONSTRAINT "stage_procedure_id_procedure_id_fk" FOREIGN KEY ("procedure_id") REFERENCES "public"."procedure"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "step" ADD CONSTRAINT "step_procedure_id_procedure_id_fk" FOREIGN KEY ("procedure_id") REFERENCES "public"."procedure"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "step" ADD CONSTRAINT "step_stage_id_stage_id_fk" FOREIGN KEY ("stage_id") REFERENCES "public"."stage"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "step" ADD CONSTRAINT "step_owner_id_person_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "certification_by_owner" ON "certification" USING btree ("owner_id");--> statement-breakpoint
CREATE INDEX "certification_by_parent" ON "certification" USING btree ("parent_id");--> statement-breakpoint
CREATE INDEX "decision_by_certification" ON "decision" USING btree ("certification_id","id");--> statement-breakpoint
CREATE INDEX "history_by_subject" ON "history" USING btree ("subject","subject_id","id");--> statement-breakpoint
CREATE INDEX "job_run_by_job" ON "job_run" USING btree ("job","started_at");--> statement-breakpoint
CREATE INDEX "message_waiting" ON "message" USING btree ("next_attempt_at","id") WHERE "message"."state" in ('planned', 'deferred');--> statement-breakpoint
CREATE INDEX "message_in_flight" ON "message" USING btree ("lease_until") WHERE "message"."state" in ('claimed', 'gated');--> statement-breakpoint
CREATE INDEX "message_by_person" ON "message" USING btree ("person_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "notice_is_said_once_per_obligation_day_person_and_purpose" ON "notice" USING btree ("obligation_id","counted_to","notice","person_id","purpose") WHERE "notice"."outcome" <> 'unsaid';--> statement-breakpoint
CREATE INDEX "notice_by_message" ON "notice" USING btree ("message_id");--> statement-breakpoint
CREATE INDEX "obligation_live_by_ladder_and_counted_day" ON "obligation" USING btree ("ladder","counted_to") WHERE "obligation"."state" in ('open', 'submitted');--> statement-breakpoint
CREATE INDEX "obligation_live_by_ladder_and_late_day" ON "obligation" USING btree ("ladder","late_after") WHERE "obligation"."state" in ('open', 'submitted');--> statement-breakpoint
CREATE INDEX "obligation_to_check" ON "obligation" USING btree ("check_at") WHERE "obligation"."check_at" is not null;--> statement-breakpoint
CREATE INDEX "obligation_live_by_due_day" ON "obligation" USING btree ("due_on","id") WHERE "obligation"."state" in ('open', 'submitted');--> statement-breakpoint
CREATE INDEX "obligation_unconfirmed" ON "obligation" USING btree ("organisation_id","id") WHERE "obligation"."state" = 'unconfirmed';--> statement-breakpoint
CREATE INDEX "obligation_by_owner" ON "obligation" USING btree ("owner_id");--> statement-breakpoint
CREATE UNIQUE INDEX "organisation_name_is_used_once" ON "organisation" USING btree (lower("name"));--> statement-breakpoint
CREATE UNIQUE INDEX "person_email_is_used_once_whatever_its_case" ON "person" USING btree (lower("email"));--> statement-breakpoint
CREATE INDEX "person_by_organisation" ON "person" USING btree ("organisation_id");--> statement-breakpoint
CREATE INDEX "procedure_by_certification" ON "procedure" USING btree ("certification_id","id");