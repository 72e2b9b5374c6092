// Records as the product stores them, made by the database itself so that millions take minutes: one organisation,
// owners with a line manager and compliance managers, certifications with a cycle, its days and its grant, eight
// duties each (three met, five open) and what was said of them. All but the duties that are due lie far ahead.

import { sql } from 'drizzle-orm'
import type { Day, Instant } from '../src/core/day.ts'
import { planJob } from '../src/app/reminders.ts'
import { type Database, type Db, rows } from '../src/store/database.ts'
import { moveWatermark } from '../src/store/jobs.ts'

/** A Tuesday; the send hour of everybody has begun half a minute before. */
export const sendHour: Instant = Temporal.Instant.from('2026-11-24T09:00:30Z')
/** Four weeks before, where the days of all duties lie between the windows of their ladders: as a send hour begins, and in another minute. */
export const quietSendHour: Instant = Temporal.Instant.from('2026-10-27T09:00:30Z')
export const quietMinute: Instant = Temporal.Instant.from('2026-10-27T15:30:30Z')
const today: Day = Temporal.PlainDate.from('2026-11-24')

export const ownerCount = 2000
const rule = 4

export interface Amount {
  readonly certifications: number
  /** Of their first open duties so many, spread evenly, are due for the notice of 90 days. */
  readonly due: number
}

/** Fills an empty, migrated database. */
export async function fill(database: Database, amount: Amount): Promise<void> {
  await database.transact(async (db) => {
    // What refers to other rows is right by construction: a million of look-ups would only take time.
    await db.execute(sql`set local session_replication_role = replica`)
    const rebuild = await dropIndexes(db)
    await fillPeople(db)
    await fillCertifications(db, amount)
    await fillObligations(db, amount)
    await fillLedger(db)
    for (const statement of rebuild) await db.execute(sql.raw(statement))
  })
  await database.db.execute(sql`vacuum analyze`)
}

// Indexes are built faster than kept; those that are constraints stay.
async function dropIndexes(db: Db): Promise<string[]> {
  const found = await rows<{ name: string; definition: string }>(db, sql`
    select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition from pg_index as i
    join pg_class as c on c.oid = i.indrelid
    where c.relname in ('obligation', 'notice', 'certification', 'decision') and not exists (select 1 from pg_constraint as k where k.conindid = i.indexrelid)
    order by 1`)
  for (const { name } of found) await db.execute(sql.raw(`drop index ${name}`))
  return found.map((one) => one.definition)
}

async function fillPeople(db: Db): Promise<void> {
  await db.execute(sql`insert into organisation (name, zone, calendar, language, send_hour, weekly_day, runs, live_at, created_at)
    values ('Harbour Cloud', 'UTC', 'weekdays', 'en', '09:00', 1, 'by-hand', '2020-01-01Z', '2020-01-01Z')`)
  await db.execute(sql`insert into person (organisation_id, name, email, kind, roles, supervisor_id, rhythm, digest_filter, created_at)
    select 1, 'Owner ' || n, 'owner' || n || '@example.org', 'person', array['owner'], case when n > 50 then 1 + n % 50 end, 'daily', '{}', '2020-01-01Z'
    from generate_series(1, ${ownerCount}::int) as n`)
  await db.execute(sql`insert into person (organisation_id, name, email, kind, roles, rhythm, digest_filter, created_at)
    select 1, 'Manager ' || n, 'manager' || n || '@example.org', 'person', array['compliance-manager'], 'daily', '{}', '2020-01-01Z'
    from generate_series(1, 3) as n`)
}

async function fillCertifications(db: Db, { certifications }: Amount): Promise<void> {
  const each = sql`generate_series(1, ${certifications}::int) as n`
  await db.execute(sql`insert into certification (organisation_id, scheme, options, name, holder, certificate_number, certification_body, owner_id,
      register_key, register_facts, entered_on, created_at, revision)
    select 1, 'iso-27001', '{"edition": "2022"}', 'Information security ' || n, 'Harbour Cloud ' || n % 1000, 'CN-' || n, 'Body ' || n % 20,
      1 + n % ${ownerCount}::int, 'R-' || n, '{}', '2025-01-02', '2025-01-02Z', 1 from ${each}`)
  await db.execute(sql`insert into cycle (certification_id, number, kind) select n, 1, 'initial' from ${each}`)
  await db.execute(sql`insert into anchor (certification_id, cycle, name, day, assumed)
    select n, 1, name, day::date, false from ${each}, (values ('decision', '2025-01-02'), ('expiry', '2028-01-01')) as a (name, day)`)
  await db.execute(sql`insert into decision (certification_id, cycle, kind, decided_on, recorded_at)
    select n, 1, 'grant', '2025-01-02', '2025-01-02Z' from ${each}`)
}

// Open ones lie beyond the widest window of their ladders, but for those that are due: the ninetieth day before is today.
async function fillObligations(db: Db, { certifications, due }: Amount): Promise<void> {
  const isDue = sql`(k = ${rule}::int and (n::bigint * ${due}::int) / ${certifications}::int > ((n - 1)::bigint * ${due}::int) / ${certifications}::int)`
  await db.execute(sql`insert into obligation (certification_id, organisation_id, cycle, rule_id, ordinal, kind, tier, ladder, title, opens_on, due_on,
      met_by, owed_by, basis, mark, provisional, state, entered_on, submitted_on, met_on, revision)
    select n, 1, 1, 'rule-' || k, 1,
      (array['surveillance-audit', 'internal-audit', 'management-review', 'expiry', 'surveillance-audit', 'internal-audit', 'management-review', 'recertification'])[k],
      (array['A', 'B', 'B', 'A', 'A', 'B', 'B', 'A'])[k],
      (array['surveillance-audit', 'audit-preparation', 'audit-preparation', 'registration-expiry', 'surveillance-audit', 'audit-preparation', 'audit-preparation', 'recertification'])[k],
      '{"en": "duty of the cycle", "zh": "周期内事项"}', day - 180, day, 'carried-out', 'organisation', 'ISO/IEC 27006-1:2024 9.1', 'confirmed', false,
      case when k < ${rule}::int then 'met' else 'open' end, '2025-01-02', case when k < ${rule}::int then day - 3 end, case when k < ${rule}::int then day - 2 end, 1
    from generate_series(1, ${certifications}::int) as n, generate_series(1, 8) as k,
      lateral (select case when k < ${rule}::int then ${today.toString()}::date - 60 - (n * 7 + k * 31) % 400
        when ${isDue} then ${today.toString()}::date + 90 else ${today.toString()}::date + 300 + (n * 7 + k * 131) % 1100 end as day) as days`)
}

// Half a year of mail: what is met was said once, and what is due now was said before, 180 days ahead.
async function fillLedger(db: Db): Promise<void> {
  await db.execute(sql`insert into message (organisation_id, person_id, kind, period, part, rehearsal, due_at, state, message_id, language, address, subject, text, html, raw,
      priority, attempts, next_attempt_at, settled_at, created_at)
    select 1, n, 'daily', '2026-05-28', 1, false, '2026-05-28 09:00Z', 'sent', '<' || n || '@example.org>', 'en', 'owner' || n || '@example.org', 'Recert', 'text', 'html', 'raw',
      2, 1, '2026-05-28 09:00Z', '2026-05-28 09:01Z', '2026-05-28 09:00Z' from generate_series(1, ${ownerCount}::int) as n`)
  await db.execute(sql`insert into notice (obligation_id, counted_to, notice, offset_days, person_id, purpose, audience, outcome, reason, message_id, decided_at)
    select o.id, o.counted_to, case when o.state = 'met' then 'P45D' else 'P180D' end, case when o.state = 'met' then 45 else 180 end,
      c.owner_id, 'reminder', 'owner', 'said', 'first-notice', c.owner_id, '2026-05-28 09:00Z'
    from obligation as o join certification as c on c.id = o.certification_id
    where o.rule_id = 'rule-2' or (o.rule_id = 'rule-4' and o.due_on = ${today.toString()}::date + 90)`)
}

/** Forgets what a run has planned, and how far was looked: `from` is where the next run begins. */
export async function forget(database: Database, from: Instant): Promise<void> {
  await database.transact(async (db) => {
    await db.execute(sql`delete from link where created_at > '2026-06-01Z'`)
    await db.execute(sql`delete from notice where decided_at > '2026-06-01Z'`)
    await db.execute(sql`delete from delivery where started_at > '2026-06-01Z'`)
    await db.execute(sql`delete from message where created_at > '2026-06-01Z'`)
    await db.execute(sql`update obligation set check_at = null where check_at is not null`)
    await moveWatermark(db, planJob, from)
  })
  // What was removed must not be stepped over by whoever is measured next.
  await database.db.execute(sql`vacuum notice, message, obligation`)
}
