CREATE TABLE "alarm" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "alarm_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"kind" text NOT NULL,
	"subject_id" integer,
	"facts" jsonb NOT NULL,
	"raised_at" timestamp with time zone NOT NULL,
	"closed_at" timestamp with time zone,
	"closed_by" integer,
	CONSTRAINT "alarm_kind_is_known" CHECK ("alarm"."kind" in ('mail-failed', 'channel-paused', 'conservation', 'quarantine', 'clock'))
);
--> statement-breakpoint
CREATE TABLE "bounce" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "bounce_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"message_id" integer NOT NULL,
	"person_id" integer NOT NULL,
	"report_hash" text NOT NULL,
	"action" text NOT NULL,
	"status" text,
	"diagnostic" text,
	"suspends" boolean NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	CONSTRAINT "bounce_report_counts_once" UNIQUE("report_hash","message_id"),
	CONSTRAINT "bounce_action_is_known" CHECK ("bounce"."action" in ('failed', 'delayed', 'delivered', 'relayed', 'expanded'))
);
--> statement-breakpoint
CREATE TABLE "channel" (
	"name" text PRIMARY KEY NOT NULL,
	"failing_since" timestamp with time zone,
	"failures" integer DEFAULT 0 NOT NULL,
	"paused_until" timestamp with time zone,
	"reply" text,
	CONSTRAINT "channel_failing_has_failures" CHECK (("channel"."failing_since" is null) = ("channel"."failures" = 0))
);
--> statement-breakpoint
ALTER TABLE "message" DROP CONSTRAINT "message_state_is_known";--> statement-breakpoint
DROP INDEX "message_waiting";--> statement-breakpoint
ALTER TABLE "message" ADD COLUMN "priority" smallint DEFAULT 2 NOT NULL;--> statement-breakpoint
ALTER TABLE "message" ADD COLUMN "claimed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "alarm" ADD CONSTRAINT "alarm_closed_by_person_id_fk" FOREIGN KEY ("closed_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bounce" ADD CONSTRAINT "bounce_message_id_message_id_fk" FOREIGN KEY ("message_id") REFERENCES "public"."message"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bounce" ADD CONSTRAINT "bounce_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "alarm_is_open_once_per_subject" ON "alarm" USING btree ("kind",coalesce("subject_id", 0)) WHERE "alarm"."closed_at" is null;--> statement-breakpoint
CREATE INDEX "alarm_by_moment" ON "alarm" USING btree ("raised_at","id");--> statement-breakpoint
CREATE INDEX "bounce_by_message" ON "bounce" USING btree ("message_id");--> statement-breakpoint
CREATE INDEX "bounce_by_person" ON "bounce" USING btree ("person_id","id");--> statement-breakpoint
CREATE INDEX "message_waiting_by_priority" ON "message" USING btree ("priority","next_attempt_at","id") WHERE "message"."state" in ('planned', 'deferred');--> statement-breakpoint
CREATE INDEX "message_by_claim" ON "message" USING btree ("claimed_at");--> statement-breakpoint
ALTER TABLE "message" ADD CONSTRAINT "message_priority_is_from_0_to_3" CHECK ("message"."priority" between 0 and 3);--> statement-breakpoint
ALTER TABLE "message" ADD CONSTRAINT "message_state_is_known" CHECK ("message"."state" in ('planned', 'claimed', 'gated', 'sent', 'captured', 'deferred', 'rejected', 'abandoned', 'cancelled', 'quarantined'));