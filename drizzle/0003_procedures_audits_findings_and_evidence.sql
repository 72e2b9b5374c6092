CREATE TABLE "audit" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "audit_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"organisation_id" integer NOT NULL,
	"title" text NOT NULL,
	"body" text,
	"booked_from" date,
	"booked_until" date,
	"carried_out_on" date,
	"cancelled_on" date,
	"reason" text,
	"created_at" timestamp with time zone NOT NULL,
	"revision" integer NOT NULL,
	CONSTRAINT "audit_is_booked_from_a_day_until_a_day" CHECK (("audit"."booked_from" is null) = ("audit"."booked_until" is null) and ("audit"."booked_from" is null or "audit"."booked_from" <= "audit"."booked_until")),
	CONSTRAINT "audit_is_carried_out_or_cancelled_not_both" CHECK ("audit"."carried_out_on" is null or "audit"."cancelled_on" is null),
	CONSTRAINT "audit_cancelled_has_a_reason" CHECK ("audit"."cancelled_on" is null or "audit"."reason" is not null)
);
--> statement-breakpoint
CREATE TABLE "audit_duty" (
	"audit_id" integer NOT NULL,
	"obligation_id" integer NOT NULL,
	CONSTRAINT "audit_covers_a_duty_once" PRIMARY KEY("audit_id","obligation_id")
);
--> statement-breakpoint
CREATE TABLE "audit_move" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "audit_move_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"audit_id" integer NOT NULL,
	"from_on" date,
	"to_on" date,
	"moved_by" text NOT NULL,
	"reason" text,
	"recorded_by" integer,
	"recorded_at" timestamp with time zone NOT NULL,
	CONSTRAINT "audit_is_moved_by_the_body_or_us" CHECK ("audit_move"."moved_by" in ('body', 'us')),
	CONSTRAINT "audit_moved_by_the_body_has_a_reason" CHECK ("audit_move"."moved_by" <> 'body' or "audit_move"."reason" is not null)
);
--> statement-breakpoint
CREATE TABLE "audit_place" (
	"audit_id" integer NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	CONSTRAINT "audit_names_a_place_once" PRIMARY KEY("audit_id","kind","name"),
	CONSTRAINT "audit_place_is_an_organisation_or_a_site" CHECK ("audit_place"."kind" in ('organisation', 'site'))
);
--> statement-breakpoint
CREATE TABLE "file" (
	"sha256" text PRIMARY KEY NOT NULL,
	"size" integer NOT NULL,
	"type" text NOT NULL,
	"added_at" timestamp with time zone NOT NULL,
	"complete_at" timestamp with time zone,
	CONSTRAINT "file_is_named_by_its_sha256" CHECK ("file"."sha256" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "file_has_at_most_25_megabytes" CHECK ("file"."size" between 1 and 26214400)
);
--> statement-breakpoint
CREATE TABLE "file_part" (
	"sha256" text NOT NULL,
	"ordinal" integer NOT NULL,
	"content" "bytea" NOT NULL,
	CONSTRAINT "file_part_is_one_per_file_and_place" PRIMARY KEY("sha256","ordinal"),
	CONSTRAINT "file_part_has_at_most_256_kilobytes" CHECK (length("file_part"."content") between 1 and 262144)
);
--> statement-breakpoint
CREATE TABLE "finding" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "finding_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"certification_id" integer NOT NULL,
	"cycle" integer NOT NULL,
	"audit_id" integer,
	"number" text,
	"grade" text NOT NULL,
	"title" text NOT NULL,
	"clause" text,
	"site" text,
	"found_on" date NOT NULL,
	"owner_id" integer,
	"correction" text,
	"root_cause" text,
	"corrective_action" text,
	"answer_due_on" date,
	"proof_due_on" date,
	"verify_due_on" date,
	"answered_on" date,
	"proven_on" date,
	"verified_on" date,
	"closes_by" text NOT NULL,
	"blocks" boolean NOT NULL,
	"basis" text NOT NULL,
	"mark" text NOT NULL,
	"closed_on" date,
	"closed_reason" text,
	"created_at" timestamp with time zone NOT NULL,
	"revision" integer NOT NULL,
	CONSTRAINT "finding_is_closed_by_answer_proof_verification_or_nothing" CHECK ("finding"."closes_by" in ('answer', 'proof', 'verification', 'nothing'))
);
--> statement-breakpoint
CREATE TABLE "forecast" (
	"procedure_id" integer NOT NULL,
	"as_of" date NOT NULL,
	"finish_on" date NOT NULL,
	"deadline_on" date,
	"slack" integer,
	"chain" jsonb NOT NULL,
	CONSTRAINT "forecast_is_one_per_procedure_and_day" PRIMARY KEY("procedure_id","as_of")
);
--> statement-breakpoint
ALTER TABLE "decision" DROP CONSTRAINT "decision_kind_is_known";--> statement-breakpoint
ALTER TABLE "evidence" ALTER COLUMN "requirement_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "evidence" ALTER COLUMN "link" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "decision" ADD COLUMN "was" jsonb;--> statement-breakpoint
ALTER TABLE "evidence" ADD COLUMN "obligation_id" integer;--> statement-breakpoint
ALTER TABLE "evidence" ADD COLUMN "step_id" integer;--> statement-breakpoint
ALTER TABLE "evidence" ADD COLUMN "finding_id" integer;--> statement-breakpoint
ALTER TABLE "evidence" ADD COLUMN "file" text;--> statement-breakpoint
ALTER TABLE "evidence" ADD COLUMN "file_name" text;--> statement-breakpoint
ALTER TABLE "evidence" ADD COLUMN "withdrawn_by" integer;--> statement-breakpoint
ALTER TABLE "evidence" ADD COLUMN "withdrawn_reason" text;--> statement-breakpoint
ALTER TABLE "organisation" ADD COLUMN "runs" text DEFAULT 'by-hand' NOT NULL;--> statement-breakpoint
ALTER TABLE "procedure" ADD COLUMN "started_by" text DEFAULT 'person' NOT NULL;--> statement-breakpoint
ALTER TABLE "procedure" ADD COLUMN "serves_rule" text;--> statement-breakpoint
ALTER TABLE "procedure" ADD COLUMN "serves_ordinal" integer;--> statement-breakpoint
ALTER TABLE "procedure" ADD COLUMN "target" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "procedure" ADD COLUMN "audit" text;--> statement-breakpoint
ALTER TABLE "procedure" ADD COLUMN "opens" text;--> statement-breakpoint
ALTER TABLE "procedure" ADD COLUMN "forecast_on" date;--> statement-breakpoint
ALTER TABLE "procedure" ADD COLUMN "slack" integer;--> statement-breakpoint
ALTER TABLE "procedure" ADD COLUMN "end_reason" text;--> statement-breakpoint
ALTER TABLE "procedure" ADD COLUMN "revision" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "stage" ADD COLUMN "after" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "step" ADD COLUMN "unit" text DEFAULT 'working' NOT NULL;--> statement-breakpoint
ALTER TABLE "step" ADD COLUMN "after" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "step" ADD COLUMN "legal_limit" jsonb;--> statement-breakpoint
ALTER TABLE "step" ADD COLUMN "owed_by" text DEFAULT 'organisation' NOT NULL;--> statement-breakpoint
ALTER TABLE "step" ADD COLUMN "waiting_since" date;--> statement-breakpoint
ALTER TABLE "step" ADD COLUMN "expected_on" date;--> statement-breakpoint
ALTER TABLE "step" ADD COLUMN "revision" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "audit" ADD CONSTRAINT "audit_organisation_id_organisation_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisation"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "audit_duty" ADD CONSTRAINT "audit_duty_audit_id_audit_id_fk" FOREIGN KEY ("audit_id") REFERENCES "public"."audit"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "audit_duty" ADD CONSTRAINT "audit_duty_obligation_id_obligation_id_fk" FOREIGN KEY ("obligation_id") REFERENCES "public"."obligation"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "audit_move" ADD CONSTRAINT "audit_move_audit_id_audit_id_fk" FOREIGN KEY ("audit_id") REFERENCES "public"."audit"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "audit_move" ADD CONSTRAINT "audit_move_recorded_by_person_id_fk" FOREIGN KEY ("recorded_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "audit_place" ADD CONSTRAINT "audit_place_audit_id_audit_id_fk" FOREIGN KEY ("audit_id") REFERENCES "public"."audit"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "file_part" ADD CONSTRAINT "file_part_sha256_file_sha256_fk" FOREIGN KEY ("sha256") REFERENCES "public"."file"("sha256") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "finding" ADD CONSTRAINT "finding_certification_id_certification_id_fk" FOREIGN KEY ("certification_id") REFERENCES "public"."certification"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "finding" ADD CONSTRAINT "finding_audit_id_audit_id_fk" FOREIGN KEY ("audit_id") REFERENCES "public"."audit"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "finding" ADD CONSTRAINT "finding_owner_id_person_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "forecast" ADD CONSTRAINT "forecast_procedure_id_procedure_id_fk" FOREIGN KEY ("procedure_id") REFERENCES "public"."procedure"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_by_organisation" ON "audit" USING btree ("organisation_id","id");--> statement-breakpoint
CREATE INDEX "audit_duty_by_obligation" ON "audit_duty" USING btree ("obligation_id");--> statement-breakpoint
CREATE INDEX "audit_move_by_audit" ON "audit_move" USING btree ("audit_id","id");--> statement-breakpoint
CREATE INDEX "finding_by_certification" ON "finding" USING btree ("certification_id","id");--> statement-breakpoint
CREATE INDEX "finding_by_audit" ON "finding" USING btree ("audit_id");--> statement-breakpoint
CREATE INDEX "finding_open" ON "finding" USING btree ("certification_id") WHERE "finding"."closed_on" is null;--> statement-breakpoint
ALTER TABLE "evidence" ADD CONSTRAINT "evidence_obligation_id_obligation_id_fk" FOREIGN KEY ("obligation_id") REFERENCES "public"."obligation"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "evidence" ADD CONSTRAINT "evidence_step_id_step_id_fk" FOREIGN KEY ("step_id") REFERENCES "public"."step"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "evidence" ADD CONSTRAINT "evidence_finding_id_finding_id_fk" FOREIGN KEY ("finding_id") REFERENCES "public"."finding"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "evidence" ADD CONSTRAINT "evidence_file_file_sha256_fk" FOREIGN KEY ("file") REFERENCES "public"."file"("sha256") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "evidence" ADD CONSTRAINT "evidence_withdrawn_by_person_id_fk" FOREIGN KEY ("withdrawn_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "evidence_is_added_once_to_the_same_thing" ON "evidence" USING btree (coalesce("requirement_id", 0),coalesce("obligation_id", 0),coalesce("step_id", 0),coalesce("finding_id", 0),coalesce("link", "file")) WHERE "evidence"."withdrawn_at" is null;--> statement-breakpoint
CREATE INDEX "evidence_by_obligation" ON "evidence" USING btree ("obligation_id");--> statement-breakpoint
CREATE INDEX "evidence_by_step" ON "evidence" USING btree ("step_id");--> statement-breakpoint
CREATE INDEX "evidence_by_finding" ON "evidence" USING btree ("finding_id");--> statement-breakpoint
CREATE INDEX "evidence_by_file" ON "evidence" USING btree ("file");--> statement-breakpoint
CREATE INDEX "procedure_running" ON "procedure" USING btree ("id") WHERE "procedure"."ended_on" is null;--> statement-breakpoint
CREATE INDEX "step_by_owner" ON "step" USING btree ("owner_id");--> statement-breakpoint
ALTER TABLE "decision" ADD CONSTRAINT "decision_kind_is_known" CHECK ("decision"."kind" in ('grant', 'maintain', 'renew', 'suspend', 'restore', 'withdraw', 'cancel', 'extend', 'archive', 'expand-scope', 'reduce-scope', 'refuse', 'transfer'));--> statement-breakpoint
ALTER TABLE "evidence" ADD CONSTRAINT "evidence_is_a_link_or_a_file" CHECK (("evidence"."link" is null) <> ("evidence"."file" is null));--> statement-breakpoint
ALTER TABLE "evidence" ADD CONSTRAINT "evidence_proves_one_thing" CHECK (num_nonnulls("evidence"."requirement_id", "evidence"."obligation_id", "evidence"."step_id", "evidence"."finding_id") = 1);--> statement-breakpoint
ALTER TABLE "organisation" ADD CONSTRAINT "organisation_starts_runs_by_hand_or_automatically" CHECK ("organisation"."runs" in ('by-hand', 'automatic'));--> statement-breakpoint
ALTER TABLE "procedure" ADD CONSTRAINT "procedure_is_started_by_a_person_or_its_window" CHECK ("procedure"."started_by" in ('person', 'window'));--> statement-breakpoint
ALTER TABLE "procedure" ADD CONSTRAINT "procedure_serves_a_rule_and_its_ordinal" CHECK (("procedure"."serves_rule" is null) = ("procedure"."serves_ordinal" is null));--> statement-breakpoint
ALTER TABLE "step" ADD CONSTRAINT "step_takes_working_or_calendar_days" CHECK ("step"."unit" in ('working', 'calendar'));--> statement-breakpoint
ALTER TABLE "step" ADD CONSTRAINT "step_is_owed_by_us_an_outside_party_or_nobody" CHECK ("step"."owed_by" in ('organisation', 'outside', 'nobody'));--> statement-breakpoint
ALTER TABLE "step" ADD CONSTRAINT "step_takes_no_less_than_no_time" CHECK ("step"."days" >= 0);