CREATE TABLE "coverage" (
	"certification_id" integer NOT NULL,
	"kind" text NOT NULL,
	"ordinal" integer NOT NULL,
	"name" text NOT NULL,
	CONSTRAINT "coverage_is_in_the_order_of_the_certificate" PRIMARY KEY("certification_id","kind","ordinal"),
	CONSTRAINT "coverage_names_each_once" UNIQUE("certification_id","kind","name"),
	CONSTRAINT "coverage_is_of_an_organisation_or_a_site" CHECK ("coverage"."kind" in ('organisation', 'site'))
);
--> statement-breakpoint
CREATE TABLE "evidence" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "evidence_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"requirement_id" integer NOT NULL,
	"title" text,
	"link" text NOT NULL,
	"added_by" integer,
	"added_at" timestamp with time zone NOT NULL,
	"withdrawn_at" timestamp with time zone,
	CONSTRAINT "evidence_is_a_link" CHECK ("evidence"."link" ~ '^https?://')
);
--> statement-breakpoint
CREATE TABLE "requirement" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "requirement_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"certification_id" integer NOT NULL,
	"area" text NOT NULL,
	"code" text NOT NULL,
	"ordinal" integer NOT NULL,
	"title" jsonb NOT NULL,
	"state" text NOT NULL,
	"owner_id" integer,
	"reason" text,
	"changed_at" timestamp with time zone NOT NULL,
	"revision" integer NOT NULL,
	CONSTRAINT "requirement_code_is_used_once_per_certification" UNIQUE("certification_id","code"),
	CONSTRAINT "requirement_state_is_known" CHECK ("requirement"."state" in ('open', 'in-progress', 'met', 'not-applicable')),
	CONSTRAINT "requirement_not_applicable_has_a_reason" CHECK ("requirement"."state" <> 'not-applicable' or "requirement"."reason" is not null)
);
--> statement-breakpoint
ALTER TABLE "obligation" DROP CONSTRAINT "obligation_is_owed_by_us_or_an_outside_party";--> statement-breakpoint
ALTER TABLE "certification" ADD COLUMN "country" text;--> statement-breakpoint
ALTER TABLE "organisation" ADD COLUMN "country" text;--> statement-breakpoint
ALTER TABLE "coverage" ADD CONSTRAINT "coverage_certification_id_certification_id_fk" FOREIGN KEY ("certification_id") REFERENCES "public"."certification"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "evidence" ADD CONSTRAINT "evidence_requirement_id_requirement_id_fk" FOREIGN KEY ("requirement_id") REFERENCES "public"."requirement"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "evidence" ADD CONSTRAINT "evidence_added_by_person_id_fk" FOREIGN KEY ("added_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "requirement" ADD CONSTRAINT "requirement_certification_id_certification_id_fk" FOREIGN KEY ("certification_id") REFERENCES "public"."certification"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "requirement" ADD CONSTRAINT "requirement_owner_id_person_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "evidence_link_is_added_once" ON "evidence" USING btree ("requirement_id","link") WHERE "evidence"."withdrawn_at" is null;--> statement-breakpoint
CREATE INDEX "requirement_by_owner" ON "requirement" USING btree ("owner_id");--> statement-breakpoint
ALTER TABLE "certification" ADD CONSTRAINT "certification_country_is_two_capital_letters" CHECK ("certification"."country" ~ '^[A-Z]{2}$');--> statement-breakpoint
ALTER TABLE "obligation" ADD CONSTRAINT "obligation_is_owed_by_us_an_outside_party_or_nobody" CHECK ("obligation"."owed_by" in ('organisation', 'outside', 'nobody'));--> statement-breakpoint
ALTER TABLE "organisation" ADD CONSTRAINT "organisation_country_is_two_capital_letters" CHECK ("organisation"."country" ~ '^[A-Z]{2}$');--> statement-breakpoint
UPDATE "organisation" SET "country" = 'CN' WHERE "calendar" = 'CN';
