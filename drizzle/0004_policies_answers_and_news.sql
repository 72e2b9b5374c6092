CREATE TABLE "answer" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "answer_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"notice_id" integer NOT NULL,
	"obligation_id" integer NOT NULL,
	"person_id" integer NOT NULL,
	"actor_id" integer,
	"action" text NOT NULL,
	"until_on" date,
	"done_on" date,
	"remark" text,
	"via" text NOT NULL,
	"answered_at" timestamp with time zone NOT NULL,
	"taken_back_at" timestamp with time zone,
	"taken_back_by" integer,
	CONSTRAINT "answer_action_is_known" CHECK ("answer"."action" in ('acknowledge', 'snooze', 'done', 'not-mine')),
	CONSTRAINT "answer_came_by_mail_link_page_or_command" CHECK ("answer"."via" in ('mail-link', 'page', 'command')),
	CONSTRAINT "answer_snooze_has_its_day" CHECK (("answer"."action" = 'snooze') = ("answer"."until_on" is not null)),
	CONSTRAINT "answer_done_has_its_day" CHECK (("answer"."action" = 'done') = ("answer"."done_on" is not null))
);
--> statement-breakpoint
CREATE TABLE "link" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "link_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"token_hash" text NOT NULL,
	"message_id" integer NOT NULL,
	"person_id" integer NOT NULL,
	"action" text NOT NULL,
	"notices" integer[] NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "link_token_is_used_once" UNIQUE("token_hash"),
	CONSTRAINT "link_action_is_known" CHECK ("link"."action" in ('acknowledge', 'snooze', 'done', 'not-mine', 'confirm', 'unsubscribe'))
);
--> statement-breakpoint
CREATE TABLE "news" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "news_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"person_id" integer NOT NULL,
	"kind" text NOT NULL,
	"key" text NOT NULL,
	"certification_id" integer,
	"obligation_id" integer,
	"facts" jsonb NOT NULL,
	"message_id" integer,
	"created_at" timestamp with time zone NOT NULL,
	"closed_at" timestamp with time zone,
	CONSTRAINT "news_kind_is_known" CHECK ("news"."kind" in ('assigned', 'gap', 'bounced', 'not-mine', 'closure', 'unconfirmed'))
);
--> statement-breakpoint
ALTER TABLE "message" DROP CONSTRAINT "message_kind_is_known";--> statement-breakpoint
ALTER TABLE "notice" DROP CONSTRAINT "notice_outcome_is_known";--> statement-breakpoint
ALTER TABLE "policy" DROP CONSTRAINT "policy_pkey";--> statement-breakpoint
ALTER TABLE "notice" ADD COLUMN "audience" text;--> statement-breakpoint
ALTER TABLE "policy" ADD COLUMN "id" integer PRIMARY KEY NOT NULL GENERATED ALWAYS AS IDENTITY (sequence name "policy_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1);--> statement-breakpoint
ALTER TABLE "policy" ADD COLUMN "organisation_id" integer;--> statement-breakpoint
ALTER TABLE "policy" ADD COLUMN "certification_id" integer;--> statement-breakpoint
ALTER TABLE "policy" ADD COLUMN "obligation_id" integer;--> statement-breakpoint
ALTER TABLE "certification" ADD COLUMN "tags" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "organisation" ADD COLUMN "weekly_day" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "person" ADD COLUMN "kind" text DEFAULT 'person' NOT NULL;--> statement-breakpoint
ALTER TABLE "person" ADD COLUMN "weekly_day" integer;--> statement-breakpoint
ALTER TABLE "person" ADD COLUMN "rhythm" text DEFAULT 'daily' NOT NULL;--> statement-breakpoint
ALTER TABLE "person" ADD COLUMN "digest_ended_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "person" ADD COLUMN "digest_filter" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "answer" ADD CONSTRAINT "answer_notice_id_notice_id_fk" FOREIGN KEY ("notice_id") REFERENCES "public"."notice"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "answer" ADD CONSTRAINT "answer_obligation_id_obligation_id_fk" FOREIGN KEY ("obligation_id") REFERENCES "public"."obligation"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "answer" ADD CONSTRAINT "answer_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "answer" ADD CONSTRAINT "answer_actor_id_person_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "answer" ADD CONSTRAINT "answer_taken_back_by_person_id_fk" FOREIGN KEY ("taken_back_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "link" ADD CONSTRAINT "link_message_id_message_id_fk" FOREIGN KEY ("message_id") REFERENCES "public"."message"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "link" ADD CONSTRAINT "link_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "news" ADD CONSTRAINT "news_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "news" ADD CONSTRAINT "news_certification_id_certification_id_fk" FOREIGN KEY ("certification_id") REFERENCES "public"."certification"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "news" ADD CONSTRAINT "news_obligation_id_obligation_id_fk" FOREIGN KEY ("obligation_id") REFERENCES "public"."obligation"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "news" ADD CONSTRAINT "news_message_id_message_id_fk" FOREIGN KEY ("message_id") REFERENCES "public"."message"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "answer_is_given_once_per_notice_and_action" ON "answer" USING btree ("notice_id","action") WHERE "answer"."taken_back_at" is null;--> statement-breakpoint
CREATE INDEX "answer_by_obligation" ON "answer" USING btree ("obligation_id","id");--> statement-breakpoint
CREATE INDEX "link_by_message" ON "link" USING btree ("message_id");--> statement-breakpoint
CREATE UNIQUE INDEX "news_is_told_once_while_it_holds" ON "news" USING btree ("person_id","kind","key") WHERE "news"."closed_at" is null;--> statement-breakpoint
CREATE INDEX "news_waiting" ON "news" USING btree ("person_id","id") WHERE "news"."message_id" is null and "news"."closed_at" is null;--> statement-breakpoint
CREATE INDEX "news_by_message" ON "news" USING btree ("message_id");--> statement-breakpoint
CREATE INDEX "news_open_by_kind" ON "news" USING btree ("kind","id") WHERE "news"."closed_at" is null;--> statement-breakpoint
ALTER TABLE "policy" ADD CONSTRAINT "policy_organisation_id_organisation_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisation"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "policy" ADD CONSTRAINT "policy_certification_id_certification_id_fk" FOREIGN KEY ("certification_id") REFERENCES "public"."certification"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "policy" ADD CONSTRAINT "policy_obligation_id_obligation_id_fk" FOREIGN KEY ("obligation_id") REFERENCES "public"."obligation"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "certification_without_owner" ON "certification" USING btree ("id") WHERE "certification"."owner_id" is null;--> statement-breakpoint
ALTER TABLE "policy" ADD CONSTRAINT "policy_is_one_per_ladder_and_place" UNIQUE NULLS NOT DISTINCT("ladder","organisation_id","certification_id","obligation_id");--> statement-breakpoint
ALTER TABLE "message" ADD CONSTRAINT "message_kind_is_known" CHECK ("message"."kind" in ('daily', 'digest', 'sign-in'));--> statement-breakpoint
ALTER TABLE "notice" ADD CONSTRAINT "notice_outcome_is_known" CHECK ("notice"."outcome" in ('said', 'covered', 'muted', 'snoozed', 'skipped', 'unsaid'));--> statement-breakpoint
ALTER TABLE "policy" ADD CONSTRAINT "policy_holds_for_one_place_or_everywhere" CHECK (num_nonnulls("policy"."organisation_id", "policy"."certification_id", "policy"."obligation_id") <= 1);--> statement-breakpoint
ALTER TABLE "organisation" ADD CONSTRAINT "organisation_weekly_day_is_a_day_of_the_week" CHECK ("organisation"."weekly_day" between 1 and 7);--> statement-breakpoint
ALTER TABLE "person" ADD CONSTRAINT "person_is_a_person_or_a_mailbox" CHECK ("person"."kind" in ('person', 'mailbox'));--> statement-breakpoint
ALTER TABLE "person" ADD CONSTRAINT "person_rhythm_is_daily_or_weekly" CHECK ("person"."rhythm" in ('daily', 'weekly'));--> statement-breakpoint
ALTER TABLE "person" ADD CONSTRAINT "person_weekly_day_is_a_day_of_the_week" CHECK ("person"."weekly_day" between 1 and 7);