// What ought to be said, written down a second time from the agreement and nothing of the product: days are counted
// here as whole numbers since 1970, one certificate has one day, and a person hears of it by a short list of notices.

export interface ModelPerson {
  readonly name: string
  address: string
  readonly zone: string
  sendHour: string
  readonly role: 'owner' | 'supervisor' | 'compliance'
  readonly supervisor: string | undefined
  active: boolean
  /** False once a mail server has said that nobody is there. */
  reachable: boolean
}

export interface ModelCertificate {
  readonly name: string
  owner: string
  /** The day it counts to. */
  expiry: number
  /** Days that a snooze named, by person, day counted to and purpose. */
  readonly snoozes: { readonly person: string; readonly expiry: number; readonly purpose: Purpose; readonly until: number }[]
  /** What was answered: the offset of the notice answered. */
  readonly answers: { readonly expiry: number; readonly purpose: Purpose; readonly offset: number }[]
}

export type Purpose = 'reminder' | 'escalation' | 'fallback'

/** What somebody has heard, as the truth mailbox has it. */
export interface Heard {
  readonly person: string
  readonly certificate: string
  readonly expiry: number
  readonly purpose: Purpose
  readonly notice: string
  /** Days before the expiry at which that notice is reached. */
  readonly offset: number
  /** The local day of the mail. */
  readonly toldOn: number
}

export interface Rise {
  readonly notice: string
  /** The day it is reached, and the working day on which it is said. */
  readonly reached: number
  readonly on: number
  readonly offset: number
}

export interface Due extends Rise {
  readonly person: string
  readonly certificate: string
  readonly expiry: number
  readonly purpose: Purpose
}

// ---- days ----

export const dayNumber = (text: string): number => Math.round(Date.parse(`${text}T00:00:00Z`) / 86_400_000)
export const dayText = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10)
/** 1 is Monday. */
export const weekdayOf = (day: number): number => ((day + 3) % 7 + 7) % 7 + 1
export const worksOn = (day: number): boolean => weekdayOf(day) <= 5
const back = (day: number): number => (worksOn(day) ? day : back(day - 1))
const forward = (day: number): number => (worksOn(day) ? day : forward(day + 1))
export const workdaysAfter = (day: number, n: number): number => (n === 0 ? day : workdaysAfter(forward(day + 1), n - 1))
const monthsAfter = (day: number, n: number): number => dayNumber(Temporal.PlainDate.from(dayText(day)).add({ months: n }).toString())

const localDays = new Map<string, number>()
/** The local day of a moment. */
export function localDay(at: number, zone: string): number {
  // Offsets are whole quarters of an hour: the day is the same all through one.
  const quarter = Math.floor(at / 900_000)
  const key = `${zone}${quarter}`
  const known = localDays.get(key)
  if (known !== undefined) return known
  const day = dayNumber(Temporal.Instant.fromEpochMilliseconds(quarter * 900_000).toZonedDateTimeISO(zone).toPlainDate().toString())
  if (localDays.size > 50_000) localDays.clear()
  localDays.set(key, day)
  return day
}

const hours = new Map<string, number>()
/** The moment of a local hour; where clocks leave it out, the later one. */
export function momentOf(day: number, hour: string, zone: string): number {
  const key = `${day}${hour}${zone}`
  const known = hours.get(key)
  if (known !== undefined) return known
  const at = Temporal.PlainDate.from(dayText(day)).toPlainDateTime(Temporal.PlainTime.from(hour)).toZonedDateTime(zone).epochMilliseconds
  if (hours.size > 50_000) hours.clear()
  hours.set(key, at)
  return at
}

// ---- who listens ----

export interface World {
  readonly people: ReadonlyMap<string, ModelPerson>
  readonly certificates: ReadonlyMap<string, ModelCertificate>
  /** By certificate and person. */
  readonly heard: ReadonlyMap<string, readonly Heard[]>
}

interface Listener { readonly person: ModelPerson; readonly as: 'owner' | 'supervisor' | 'compliance'; readonly purpose: Purpose; readonly hearsSilence: boolean }

const hears = (person: ModelPerson | undefined): person is ModelPerson => person !== undefined && person.active && person.reachable

export function listenersOf(certificate: ModelCertificate, { people }: World): Listener[] {
  const owner = people.get(certificate.owner)!
  const compliance = [...people.values()].filter((one) => one.role === 'compliance' && hears(one))
  const boss = owner.supervisor === undefined ? undefined : people.get(owner.supervisor)
  const near: ModelPerson[] = hears(owner) ? [owner] : hears(boss) ? [boss] : compliance
  const purpose = hears(owner) ? 'reminder' : 'fallback'
  const isNear = (one: ModelPerson): boolean => near.includes(one) || one === owner
  const above = hears(boss) && !isNear(boss) ? boss : undefined
  return [
    ...near.map((person): Listener => ({ person, as: 'owner', purpose, hearsSilence: false })),
    ...above ? [{ person: above, as: 'supervisor' as const, purpose: 'escalation' as const, hearsSilence: true }] : [],
    ...compliance.filter((one) => !isNear(one)).map((person): Listener => ({ person, as: 'compliance', purpose: 'escalation', hearsSilence: !above })),
  ]
}

// ---- what is reached when ----

const ownersNotices = [180, 90, 30, 7, 0]
const lastTwo = ['P7D', 'P0D']

function overdueDays(expiry: number, until: number): number[] {
  const first = workdaysAfter(expiry, 1)
  const days = [first, ...[7, 14, 21, 28].map((n) => first + n)]
  const base = days.at(-1)!
  for (let n = 1; days.at(-1)! <= until; n++) days.push(monthsAfter(base, n))
  return days
}

/** Every notice for a listener up to a day and the next ones, in the order they are reached. */
export function risesOf(certificate: ModelCertificate, listener: Listener, world: World, today: number): Rise[] {
  const { expiry } = certificate
  const ahead = (notice: string, reached: number): Rise => ({ notice, reached, on: back(reached), offset: expiry - reached })
  const rises = (listener.as === 'owner' ? ownersNotices : [7]).map((n) => ahead(`P${n}D`, expiry - n))
  const overdue = overdueDays(expiry, today).map((reached, n): Rise => ({ notice: `overdue-${n + 1}`, reached, on: forward(reached), offset: expiry - reached }))
  rises.push(...(listener.as === 'owner' ? overdue : listener.as === 'supervisor' ? overdue.slice(0, 1) : []))
  const snooze = snoozeOf(certificate, listener)
  if (snooze !== undefined && snooze <= expiry) rises.push(ahead('again', snooze))
  if (listener.hearsSilence) rises.push(...silences(certificate, world))
  const prompted = ({ notice }: Rise): number => Number(/^(again|silence)/.test(notice))
  return rises.sort((a, b) => a.reached - b.reached || b.offset - a.offset || prompted(b) - prompted(a))
}

function snoozeOf(certificate: ModelCertificate, { person, purpose }: Listener): number | undefined {
  return certificate.snoozes.findLast((one) => one.person === person.name && one.expiry === certificate.expiry && one.purpose === purpose)?.until
}

// Whoever was asked from thirty days before the day on, and has not answered for five working days.
function silences(certificate: ModelCertificate, world: World): Rise[] {
  const { expiry, answers } = certificate
  return [...world.heard.values()].flat().filter((one) => one.certificate === certificate.name && one.expiry === expiry).flatMap((row): Rise[] => {
    if (row.purpose === 'escalation' || row.offset < 0 || Math.min(row.offset, expiry - row.toldOn) > 30) return []
    // All answers here come by links, which do not quiet the last two.
    if (answers.some((one) => one.expiry === expiry && one.purpose !== 'escalation' && one.offset <= row.offset) && !lastTwo.includes(row.notice)) return []
    const reached = workdaysAfter(row.toldOn, 5)
    return reached > expiry ? [] : [{ notice: `silence-${row.notice}`, reached, on: back(reached), offset: expiry - reached }]
  })
}

// ---- what is due ----

/** What a listener is to hear of a certificate on a day: the tightest notice reached that neither was said nor is quiet. */
export function dueFor(certificate: ModelCertificate, listener: Listener, world: World, today: number): Due | undefined {
  const rises = risesOf(certificate, listener, world, today)
  const told = (world.heard.get(`${certificate.name}/${listener.person.name}`) ?? [])
    .filter((one) => one.expiry === certificate.expiry && one.purpose === listener.purpose)
  const again = rises.find((one) => one.notice === 'again')
  const isQuiet = (rise: Rise): boolean => rise.offset >= 0 && !(listener.as === 'owner' ? lastTwo : ['P7D']).includes(rise.notice)
    && again !== undefined && today < again.on && rise.on < again.on
  const isHeard = (rise: Rise): boolean => told.some((one) => (one.notice === rise.notice && one.notice !== 'again') || one.offset <= rise.offset)
  const due = rises.findLast((rise) => rise.on <= today && !isHeard(rise) && !isQuiet(rise))
  return due && { ...due, person: listener.person.name, certificate: certificate.name, expiry: certificate.expiry, purpose: listener.purpose }
}

const hourLong = 3_600_000

/** Says whether a due notice goes out now: on its day from the send hour on, later in a send hour, or at once where its day would pass first. */
export function goesNow(due: Due, person: ModelPerson, now: number, hasHadMailToday: boolean): boolean {
  const today = localDay(now, person.zone)
  const opens = (day: number): number => momentOf(day, person.sendHour, person.zone)
  const nextDay = forward(today + 1)
  const isLastChance = (next: number): boolean => due.offset >= 0 && today <= due.expiry && next > due.expiry
  if (hasHadMailToday && !isLastChance(nextDay)) return false
  if (due.on === today) return now >= opens(today)
  if (worksOn(today) && now < opens(today) + hourLong) return now >= opens(today) || isLastChance(today)
  return isLastChance(nextDay)
}

/** The next moment after `now` at which something new may be due for somebody. */
export function nextMoment(world: World, now: number): number {
  let next = Infinity
  for (const certificate of world.certificates.values()) {
    for (const listener of listenersOf(certificate, world)) {
      const { zone, sendHour } = listener.person
      const today = localDay(now, zone)
      for (const rise of risesOf(certificate, listener, world, today)) {
        if (rise.on < today) continue
        const at = momentOf(rise.on, sendHour, zone)
        if (at > now && at < next) next = at
      }
    }
  }
  return next
}
