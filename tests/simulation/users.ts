// What people do in the middle of it all, by the product's own use cases; the model is told of each thing once it
// has been committed.

import { sql } from 'drizzle-orm'
import { act, type App } from '../../src/app/app.ts'
import { answerByLink } from '../../src/app/answers.ts'
import { editCertification } from '../../src/app/certifications.ts'
import { decideCertification } from '../../src/app/decisions.ts'
import { enterCertification } from '../../src/app/entry.ts'
import { importRegister } from '../../src/app/import.ts'
import { addOrganisation, addPerson, deactivatePerson, editPerson, getPerson, goLive } from '../../src/app/people.ts'
import { rows } from '../../src/store/database.ts'
import type { SimulatedMailServer } from './mail-server.ts'
import { dayText, localDay, type ModelCertificate, type ModelPerson } from './model.ts'
import type { Oracle } from './oracle.ts'
import type { Random } from './random.ts'
import type { FaultKind } from './swarm.ts'

export interface Office {
  readonly app: App
  readonly oracle: Oracle
  readonly server: SimulatedMailServer
  readonly random: Random
  readonly now: () => number
  readonly ids: { organisation: number; readonly people: Map<string, number>; readonly certificates: Map<string, number> }
  readonly tell: (text: string) => void
}

const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Shanghai', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'America/Sao_Paulo', 'Pacific/Auckland']
const sendHours = ['09:00', '09:00', '08:30', '07:45', '16:00', '00:15', '23:30']
const day = (text: string): Temporal.PlainDate => Temporal.PlainDate.from(text)

/** Sets up an organisation that is live, its people and a few certificates. */
export async function openOffice(office: Office): Promise<void> {
  const { app, random, oracle, ids } = office
  const organisation = await act(app, async (db, now) => {
    const added = await addOrganisation(app, db, { name: 'Harbour', calendar: 'weekdays' }, { zone: 'UTC', now })
    await goLive(app, db, added, now)
    return added
  })
  ids.organisation = organisation.id
  const shared = random.chance(0.5) ? { zone: random.pick(zones), sendHour: random.pick(sendHours) } : undefined
  const person = async (name: string, role: ModelPerson['role'], supervisor?: string): Promise<void> => {
    const settings = shared ?? { zone: random.pick(zones), sendHour: random.pick(sendHours) }
    const added = await act(app, (db, now) => addPerson(app, db, {
      name, organisationId: organisation.id, email: `${name.toLowerCase()}@example.org`, roles: role === 'compliance' ? ['compliance-manager'] : ['owner'],
      supervisorId: supervisor === undefined ? undefined : ids.people.get(supervisor), ...settings,
    }, now))
    ids.people.set(name, added.id)
    oracle.world.people.set(name, { name, address: added.email!, role, supervisor, active: true, reachable: true, ...settings })
    oracle.world.addresses.set(added.email!, name)
  }
  await person('Sam', 'supervisor')
  await person('Carol', 'compliance')
  await person('Alice', 'owner', 'Sam')
  if (random.chance(0.7)) await person('Bert', 'owner', 'Sam')
  if (random.chance(0.3)) oracle.world.digestReaders.add('Carol')
  else await act(app, async (db, now) => editPerson(db, await getPerson(db, String(ids.people.get('Carol'))), { digest: 'none' }, now))
  const several = random.between(1, 4)
  for (let n = 0; n < several; n++) await enter(office, random.between(2, 380))
}

const owners = ({ oracle }: Office): ModelPerson[] => [...oracle.world.people.values()].filter((one) => one.role === 'owner' && one.active)
const certificates = ({ oracle }: Office): ModelCertificate[] => [...oracle.world.certificates.values()]
/** The organisation lives in UTC: its day is what records are judged by. */
const today = (office: Office): number => localDay(office.now(), 'UTC')

async function enter(office: Office, inDays: number): Promise<void> {
  const { app, random, ids, oracle } = office
  const name = `Module ${ids.certificates.size + 1}`
  const owner = random.pick(owners(office))
  const expiry = today(office) + inDays
  const { certificationId } = await act(app, (db, now) => enterCertification(app, db, {
    organisationId: ids.organisation, scheme: 'fips-140', options: {}, name, cycleKind: 'initial', ownerId: ids.people.get(owner.name),
    days: { decision: day(dayText(expiry)).subtract({ years: 5 }), expiry: day(dayText(expiry)) },
  }, now))
  ids.certificates.set(name, certificationId)
  oracle.world.certificates.set(name, { name, owner: owner.name, expiry, snoozes: [], answers: [] })
  office.tell(`${name} of ${owner.name} is entered, until ${dayText(expiry)}`)
}

/** Does one thing of a kind, where there is anything to do; returns whether it was done. */
export async function doOne(kind: FaultKind, office: Office): Promise<boolean> {
  const { app, random, ids, oracle, tell } = office
  const certificate = random.pick(certificates(office))
  const id = ids.certificates.get(certificate.name)!
  const write = async (work: () => Promise<void>): Promise<boolean> => { await work(); oracle.changed(office.now()); return true }
  switch (kind) {
    case 'day moved': return await write(async () => {
      const expiry = Math.max(today(office) + random.pick([2, 5, 20, 40]), certificate.expiry + random.pick([-45, -14, -3, 3, 10, 60, 200]))
      await act(app, (db, now) => editCertification(app, db, id, { anchors: [{ name: 'expiry', day: day(dayText(expiry)) }] }, { now }))
      tell(`${certificate.name} is moved from ${dayText(certificate.expiry)} to ${dayText(expiry)}`)
      certificate.expiry = expiry
    })
    case 'owner changed': return await write(async () => {
      const owner = random.pick(owners(office))
      await act(app, (db, now) => editCertification(app, db, id, { ownerId: ids.people.get(owner.name)! }, { now }))
      certificate.owner = owner.name
      tell(`${certificate.name} is ${owner.name}'s now`)
    })
    case 'renewed': if (certificate.expiry < today(office)) return false; else return await write(async () => {
      const expiry = Math.max(certificate.expiry, today(office)) + random.pick([60, 200, 365])
      await act(app, (db, now) => decideCertification(app, db, id, {
        kind: 'renew', decidedOn: day(dayText(today(office))),
        anchors: [{ name: 'decision', day: day(dayText(today(office))), assumed: false }, { name: 'expiry', day: day(dayText(expiry)), assumed: false }],
      }, now))
      certificate.expiry = expiry
      tell(`${certificate.name} is renewed until ${dayText(expiry)}`)
    })
    case 'entered': return await write(() => enter(office, random.pick([1, 4, 8, 29, 31, 60, 120, 200])))
    case 'imported': return await write(() => importOne(office))
    case 'acknowledged': case 'snoozed': return await answer(kind === 'snoozed' ? 'snooze' : 'acknowledge', office)
    case 'deactivated': {
      const leaver = random.pick(owners(office))
      if (owners(office).length < 2) return false
      return await write(async () => {
        await act(app, async (db, now) => deactivatePerson(db, await getPerson(db, String(ids.people.get(leaver.name))), now))
        leaver.active = false
        oracle.deactivated(leaver.name, office.now())
        tell(`${leaver.name} leaves`)
      })
    }
    case 'address corrected': {
      const lost = [...oracle.world.people.values()].find((one) => one.active && !one.reachable)
      if (!lost) return false
      return await write(async () => {
        const address = `${lost.name.toLowerCase()}${random.between(100, 999)}@example.org`
        await act(app, async (db, now) => editPerson(db, await getPerson(db, String(ids.people.get(lost.name))), { email: address }, now))
        oracle.world.addresses.set(address, lost.name)
        lost.address = address
        lost.reachable = true
        tell(`${lost.name} has another address`)
      })
    }
    case 'send hour changed': {
      const person = random.pick([...oracle.world.people.values()].filter((one) => one.active))
      return await write(async () => {
        const sendHour = random.pick(sendHours)
        await act(app, async (db, now) => editPerson(db, await getPerson(db, String(ids.people.get(person.name))), { sendHour }, now))
        person.sendHour = sendHour
        tell(`${person.name} is written to at ${sendHour}`)
      })
    }
    default: throw new Error(`nobody does "${kind}"`)
  }
}

async function importOne(office: Office): Promise<void> {
  const { app, random, ids, oracle, tell } = office
  const owner = random.pick(owners(office))
  const name = `Module ${ids.certificates.size + 1}`
  const expiry = today(office) + random.pick([3, 29, 31, 61, 180, 250])
  const bytes = Buffer.from(`scheme,organisation,name,owner,decision,expiry\nfips-140,Harbour,${name},${owner.address},${day(dayText(expiry)).subtract({ years: 5 }).toString()},${dayText(expiry)}\n`)
  const request = { bytes, file: 'register.csv', mapping: 'recert', dryRun: false, partial: false }
  await importRegister(app, request)
  const [row] = await rows<{ id: number }>(app.database.db, sql`select id from certification where name = ${name}`)
  ids.certificates.set(name, row!.id)
  oracle.world.certificates.set(name, { name, owner: owner.name, expiry, snoozes: [], answers: [] })
  tell(`${name} of ${owner.name} is imported, until ${dayText(expiry)}`)
  // The same file once more changes nothing.
  await importRegister(app, request)
}

/** Presses a link of a mail of the last weeks, as its reader. */
async function answer(action: 'acknowledge' | 'snooze', office: Office): Promise<boolean> {
  const { app, random, oracle, now, tell } = office
  const recent = oracle.letters.filter(({ at, person }) => at > now() - 20 * 86_400_000 && person.active)
    .flatMap(({ letter, person }) => letter.links.filter((one) => one.action === action).map((link) => ({ link, letter, person })))
  if (recent.length === 0) return false
  const { link, letter, person } = random.pick(recent)
  const line = letter.lines.find((one) => one.certificate === link.certificate)!
  const certificate = oracle.world.certificates.get(link.certificate)!
  const expiry = Math.round(Date.parse(`${line.countedTo}T00:00:00Z`) / 86_400_000)
  const offset = oracle.world.heard.get(`${link.certificate}/${person.name}`)?.find((one) => one.notice === line.notice && one.expiry === expiry && one.purpose === line.purpose)?.offset
  const until = localDay(now(), person.zone) + random.between(1, 25)
  const done = await answerByLink(app, link.token, action === 'snooze' ? { untilOn: dayText(until) } : {})
  if (!done.ok || offset === undefined) return false
  // Pressed again a link is as well, and changes nothing.
  const isFirst = !pressed.has(link.token)
  pressed.add(link.token)
  if (!isFirst) return false
  certificate.answers.push({ expiry, purpose: line.purpose, offset })
  if (action === 'snooze') certificate.snoozes.push({ person: person.name, expiry, purpose: line.purpose, until })
  tell(`${person.name} answers ${link.certificate} ${line.notice}: ${action}${action === 'snooze' ? ` until ${dayText(until)}` : ''}`)
  oracle.changed(now())
  return true
}
const pressed = new Set<string>()
