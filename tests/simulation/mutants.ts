// Faults that others have made, put into our own sources one at a time: a harness that lives through them without a
// word proves nothing. Each is a change of text that must be there exactly once, or the bank has fallen behind the code.

export interface Edit {
  readonly file: string
  readonly from: string
  readonly to: string
}

export interface Mutant {
  readonly name: string
  readonly edits: readonly Edit[]
}

const mutant = (name: string, file: string, from: string, to: string, ...more: readonly Edit[]): Mutant =>
  ({ name, edits: [{ file, from, to }, ...more] })

const [deciding, rising, timing, reaching, hearing] = ['src/core/reminder.ts', 'src/core/rise.ts', 'src/core/sending.ts', 'src/core/window.ts', 'src/core/recipient.ts']
const [planning, digests, letters, delivering, settling] = ['src/app/reminders.ts', 'src/app/digests.ts', 'src/app/letters.ts', 'src/app/deliveries.ts', 'src/app/settlements.ts']
const [leasing, outbox, tables] = ['src/store/lease.ts', 'src/store/outbox.ts', 'drizzle/0000_initial_records.sql']

/** What is due, and what was said. */
const plannerMutants: readonly Mutant[] = [
  mutant('the watermark moves before anything is planned', planning, '  const windows = await windowsDue(db, now, how.leavesMarks)\n',
    '  const windows = await windowsDue(db, now, how.leavesMarks)\n  if (how.leavesMarks) await app.database.transact((tx) => moveWatermark(tx, planJob, now))\n'),
  mutant('only the last minute is looked at, as a tick would', planning, 'const since = await findWatermark(db, planJob) ?? now.subtract({ hours: 48 })', 'const since = now.subtract({ minutes: 1 })'),
  mutant('what was said is forgotten', deciding, ': !isCovered(rise, heard, named)))', ': true))'),
  mutant('older notices are not covered by a tighter one', deciding, '(row.offsetDays <= rise.offsetDays || isReplaced(row, rise, named))', 'false',
    { file: planning, from: '...decision.covers.map((rise) => rowOf(', to: '...decision.covers.slice(0, 0).map((rise) => rowOf(' }),
  mutant('the widest notice reached is said first', deciding, 'due.findLast((rise) => quietFor(rise) === undefined)', 'due.find((rise) => quietFor(rise) === undefined)'),
  mutant('a new day opens no new ladder', deciding, 'return said.some((row) => row.countedTo.equals(rise.countedTo) && (row.notice', 'return said.some((row) => (row.notice'),
  mutant('reached means after the day', deciding, 'compareDays(rise.on, asOf) <= 0', 'compareDays(rise.on, asOf) < 0'),
  mutant('notices are said a day early', deciding, 'compareDays(rise.on, asOf) <= 0', 'compareDays(rise.on, asOf.add({ days: 1 })) <= 0'),
  mutant('a snooze is forgotten', deciding, "return again && isBefore(asOf, again.on) && isBefore(rise.on, again.on) ? 'snoozed' : undefined", 'return undefined'),
  mutant('a snooze quiets the last two notices, too', deciding, "|| (last.has(rise.rung.notice) && (byLink || obligation.state !== 'submitted'))", ''),
  mutant('a snooze never ends', rising, 'if (!on || isAfter(on, counted)) return []', 'return []'),
  mutant('days off are not days off before the day', rising, 'const usual = rollBack(placed.reachedOn, listener.calendar)', 'const usual = placed.reachedOn'),
  mutant('what is overdue moves back off a day off', rising, 'return rollForward(placed.reachedOn, listener.calendar)', 'return rollBack(placed.reachedOn, listener.calendar)'),
  mutant('silence is told a week late', rising, 'const patience = 5', 'const patience = 10'),
  mutant('silence is told although somebody answered', rising, ' || isAnswered(row, memory.given ?? [], last)) return []', ') return []'),
  mutant('what is overdue is said once', rising, "if (listener.audience === 'owner') return repeats()", "if (listener.audience === 'owner') return repeats().slice(0, 1)"),
  mutant('those above hear every repeat', rising, 'return repeats().slice(0, 1).map(', 'return repeats().map('),
  mutant('the send hour is that of UTC', timing, 'instantAt(day, person.sendHour, person.zone)', "instantAt(day, person.sendHour, 'UTC')"),
  mutant('today is the day in UTC', 'src/app/verdicts.ts', 'decideReminder(duty.obligation, ladder, listener, duty, dayOf(now, person.zone))', "decideReminder(duty.obligation, ladder, listener, duty, dayOf(now, 'UTC'))"),
  mutant('what is late goes at any hour', timing, 'if (compareInstants(next, now) <= 0) return { send: true', 'if (compareInstants(next, now) <= 1) return { send: true'),
  mutant('what is late waits although its day passes', timing, 'if (passesFirst(notice.lastUsefulOn, today, dayOf(next, person.zone))) {', 'if (compareInstants(next, now) < 0) {'),
  mutant('a notice is sent in its very minute or not at all', timing, 'return compareInstants(now, dueAt) >= 0', 'return compareInstants(now, dueAt) >= 0 && compareInstants(now, dueAt.add({ minutes: 1 })) < 0'),
  mutant('windows are not widened by days off', reaching, "const to = dayOf(now, 'UTC').add({ days: longestShift + 1 })", "const to = dayOf(now, 'UTC')"),
  mutant('the line manager is not told', hearing, '...supervisorOf(duty, directory, told, compliance).map(', '...supervisorOf(duty, directory, told, compliance).slice(1).map('),
  mutant('who left is written to as if they had not', 'src/core/person.ts', 'return person !== undefined && person.active && person.email', 'return person !== undefined && person.email'),
  mutant('the day\'s mail is opened twice', planning, 'const now = waiting || !hasLeft ? group : group.filter(', 'const now = waiting || !hasLeft || group.length > 0 ? group : group.filter('),
  mutant('there is a status every day', digests, 'const period = weekOf(dayOf(at.now, person.zone))', 'const period = dayOf(at.now, person.zone).toString()'),
  mutant('no status is planned in a week that began badly', digests, 'const dueAt = digestDueAt(person, at.world, now)\n', 'const dueAt = digestDueAt(person, at.world, now)\n    if (Temporal.Instant.compare(dueAt.add({ minutes: 5 }), now) < 0) continue\n'),
  mutant('nothing makes a notice happen once', tables,
    'CREATE UNIQUE INDEX "notice_is_said_once_per_obligation_day_person_and_purpose"', 'CREATE INDEX "notice_is_said_once_per_obligation_day_person_and_purpose"',
    { file: 'src/store/reminders.ts', from: '.onConflictDoUpdate({', to: '.onConflictDoNothing()); void ({' }),
]

/** How it leaves, and what becomes of it. */
const senderMutants: readonly Mutant[] = [
  mutant('a mail is marked as sent before it is handed over', leasing, ".set({ state: 'gated', gatedAt:", ".set({ state: 'sent', token: null, settledAt: clock, gatedAt:",
    { file: leasing, from: 'leaseUntil: gateLease })', to: 'leaseUntil: null })' }),
  mutant('the gate is always open', leasing, '    )).returning({ id: message.id })\n  return passed.length === 1', '    )).returning({ id: message.id })\n  return passed.length <= 1'),
  mutant('the gate does not look at the lease', leasing, '      sql`${message.leaseUntil} > ${clock}`,\n    )).returning({ id: message.id })\n  return passed', '    )).returning({ id: message.id })\n  return passed',
    { file: leasing, from: "and(inArray(message.state, ['claimed', 'gated']), isNotNull(message.leaseUntil), lte(message.leaseUntil, clock))", to: "and(inArray(message.state, ['gated']), isNotNull(message.leaseUntil), lte(message.leaseUntil, clock))" }),
  mutant('the gate does not look at the token', leasing, "eq(message.id, claim.id), eq(message.token, claim.token), eq(message.state, 'claimed'),", "eq(message.id, claim.id), inArray(message.state, ['claimed', 'gated']),"),
  mutant('settling does not look at the token', outbox, 'and(eq(message.id, claim.id), eq(message.token, claim.token), inArray(message.state, states))', 'and(eq(message.id, claim.id), inArray(message.state, states))'),
  mutant('nobody is rescued', leasing, "and(inArray(message.state, ['claimed', 'gated']), isNotNull", "and(inArray(message.state, ['sent']), isNotNull"),
  mutant('what is in doubt is never sent again', leasing, "and(inArray(message.state, ['claimed', 'gated']), isNotNull", "and(inArray(message.state, ['claimed']), isNotNull"),
  mutant('what is in doubt is composed anew', leasing, "state: sql`case when ${message.gatedAt} is null then 'planned' else 'deferred' end`,", "state: 'planned', raw: null, gatedAt: null,"),
  mutant('what is in doubt counts as sent', settling, "if (result.outcome === 'in-doubt') return { outcome: 'in-doubt', delivery: 'in-doubt' }",
    "if (result.outcome === 'in-doubt') return { outcome: 'sent', delivery: 'sent', message: { state: 'sent', reply: result.reply, attempts } }"),
  mutant('what is in doubt counts as not sent', settling, "if (result.outcome === 'in-doubt') return { outcome: 'in-doubt', delivery: 'in-doubt' }", "if (result.outcome === 'in-doubt') return deferred(result.reply, message, now)"),
  mutant('what was tried in vain is not tried again', leasing, "and(inArray(message.state, ['planned', 'deferred']), lte(message.nextAttemptAt, now))", "and(inArray(message.state, ['planned']), lte(message.nextAttemptAt, now))"),
  mutant('the wait between two attempts has no end', 'src/core/message.ts', 'Math.min(2 ** (attempt - 1), 240)', '2 ** (attempt - 1) * 240'),
  mutant('a mail is given up after three attempts', 'src/core/message.ts', 'export const maxAttempts = 14', 'export const maxAttempts = 3'),
  mutant('a fault of the site is an attempt of the mail', settling, "return result.fault === 'site' ? released(result, message) : deferred(result.reply, message, now)", 'return deferred(result.reply, message, now)'),
  mutant('a fault of the site closes the way out for days', 'src/core/channel.ts', 'Math.min(2 ** (failures - 1), 15)', '2 ** (failures - 1) * 1440'),
  mutant('a refused mail counts as sent', settling, "if (result.outcome === 'sent' || result.outcome === 'rejected') {\n", "if (result.outcome === 'rejected') return { outcome: 'sent', delivery: 'sent', message: { state: 'cancelled', reply: result.reply, attempts } }\n  if (result.outcome === 'sent') {\n"),
  mutant('a stop loses what is under way', settling, "return { state: gatedAt !== null || phase === 'gated' || phase === 'dot' ? 'deferred' : 'planned', reply }", "return { state: gatedAt !== null || phase === 'gated' || phase === 'dot' ? 'deferred' : 'cancelled', reply }"),
  mutant('what was planned for somebody who left is not passed on', delivering, "    await passOn(db, message, post.now)\n    return true", '    return true'),
  mutant('what has ended is said all the same', letters, 'return live && counted.equals(notice.countedTo)', 'return live || counted.equals(notice.countedTo)'),
  mutant('yesterday\'s words leave today', delivering, 'message.raw && message.fingerprint === composition.fingerprint && message.address', 'message.raw && message.address'),
  mutant('a mail that has left is claimed again', outbox, '    settledAt: isFinal(settlement.state) ? now : null,', "    ...(settlement.state === 'sent' ? { state: 'deferred' as const } : {}), settledAt: isFinal(settlement.state) && settlement.state !== 'sent' ? now : null,"),
]

/** The whole bank, in an order that does not change: rotation goes through it day by day. */
export const mutants: readonly Mutant[] = [...plannerMutants, ...senderMutants]

/** Those that a run of the whole command has found so far; a rotation goes through these. The others stand in tests/README.md. */
export const found: ReadonlySet<string> = new Set([
])
