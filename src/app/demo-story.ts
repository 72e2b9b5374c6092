// Who and what the demo is about, and what its people did: counted back from today, so that it is the
// same story on any day of any year.

import type { Day, Instant } from '../core/day.ts'
import type { Role } from '../core/person.ts'
import type { Db } from '../store/database.ts'
import { listCertifications } from '../store/certifications.ts'
import { listObligationsOf } from '../store/obligations.ts'
import { findPersonByEmail } from '../store/people.ts'
import { listProcedures } from '../store/procedures.ts'
import type { App } from './app.ts'
import { editCertification, registerCertifications } from './certifications.ts'
import { addOrganisation, addPerson, editPerson } from './people.ts'
import { doneObligation } from './obligations.ts'
import { startProcedure } from './procedures.ts'
import { requirementsOf, setRequirement } from './requirements.ts'
import { markStep } from './steps.ts'

export const demoAddresses = {
  carol: 'carol.meier@harbour.example', bob: 'bob.larsen@harbour.example', alice: 'alice.chen@harbour.example',
  liTing: 'li.ting@harbour.example', wangQiang: 'wang.qiang@harbour.example',
} as const

/** Organisation, five people, certifications of eight schemes, and the run through the five stages. */
export async function addDemoRecords(app: App, db: Db, today: Day, now: Instant): Promise<void> {
  const organisation = await addOrganisation(app, db, { name: 'Harbour Cloud', calendar: 'CN' }, { zone: 'Asia/Shanghai', now })
  const person = async (name: string, email: string, roles: Role[], rest: object = {}): Promise<number> =>
    (await addPerson(app, db, { organisationId: organisation.id, name, email, roles, ...rest }, now)).id
  await person('Carol Meier', demoAddresses.carol, ['compliance-manager', 'administrator'])
  const bob = await person('Bob Larsen', demoAddresses.bob, ['top-management'])
  const alice = await person('Alice Chen', demoAddresses.alice, ['owner'], { supervisorId: bob })
  const liTing = await person('李婷', demoAddresses.liTing, ['owner'], { supervisorId: bob, language: 'zh' })
  const wangQiang = await person('王强', demoAddresses.wangQiang, ['owner'], { supervisorId: bob, language: 'zh' })
  await editPerson(db, (await findPersonByEmail(db, demoAddresses.liTing))!, { deputyId: wangQiang }, now)
  const added = await registerCertifications(app, db, records(organisation.id, today, { alice, liTing, wangQiang }), now)
  // STAR rests on the ISO certificate and has no ladder of its own; Gold O&M rests on Trusted Cloud and only warns.
  await editCertification(app, db, added[4]!.certificationId, { parentId: added[0]!.certificationId }, { now })
  await editCertification(app, db, added[6]!.certificationId, { parentId: added[5]!.certificationId }, { now })
  await startProcedure(app, db, {
    certificationId: added[1]!.certificationId, template: 'five-stages', startOn: today, targetOn: today.add({ days: 240 }),
  }, { now })
}

interface Owners { readonly alice: number; readonly liTing: number; readonly wangQiang: number }

function records(organisationId: number, today: Day, owners: Owners) {
  const draft = (scheme: string, options: Record<string, string>, name: string, ownerId: number, days: Record<string, Day>, rest: object = {}) => ({
    organisationId, scheme, options, name, ownerId, registerKey: name, registerFacts: {}, cycleKind: 'initial' as const, decisions: [],
    anchors: Object.entries(days).map(([anchor, day]) => ({ name: anchor, day, assumed: false })), ...rest,
  })
  // The first surveillance was due a year after the decision: ten days ago by now, and never booked.
  const decided = today.add({ days: 46 }).subtract({ years: 1 })
  const archived = today.add({ days: 206 })
  const sunset = today.add({ days: 116 })
  return [
    draft('iso-27001', { edition: '2022' }, 'Frankfurt data centre', owners.alice, { decision: decided, issue: decided.add({ days: 6 }) },
      { certificateNumber: 'IS 771204', certificationBody: 'Nordcert', country: 'DE', covers: ['Harbour Cloud GmbH'], sites: ['Frankfurt am Main', 'Hanau'] }),
    draft('mlps', { level: '3' }, '核心交易系统', owners.liTing, { 'level-fixed': today.add({ days: 28 }) }),
    draft('common-criteria', { eal: 'EAL3+' }, 'Harbour Hypervisor 5', owners.wangQiang, { decision: archived.subtract({ years: 5 }), expiry: archived },
      { certificateNumber: 'HC-CC-2022-17' }),
    draft('fips-140', { edition: '140-3', level: '1' }, 'Harbour Crypto Module 2.1', owners.wangQiang, { decision: sunset.add({ days: 1 }).subtract({ years: 5 }), expiry: sunset },
      { certificateNumber: '4711' }),
    draft('csa-star', { tier: 'gold', edition: '4.1' }, 'Frankfurt data centre, STAR', owners.alice, { decision: decided.add({ days: 20 }), caiq: decided.add({ days: 20 }) },
      { certificationBody: 'Nordcert', country: 'DE' }),
    draft('trucs', { service: 'cloud-host' }, '云主机', owners.liTing, { decision: today.subtract({ months: 8 }), expiry: today.add({ days: 330 }) },
      { certificateNumber: 'TRUCS-2026-081' }),
    draft('gold-om', {}, '云平台运维', owners.wangQiang, { decision: today.subtract({ months: 5 }), expiry: today.add({ days: 420 }) }),
    draft('c-star', { tier: 'gold' }, '云平台', owners.wangQiang, { decision: today.subtract({ months: 14 }), expiry: today.subtract({ months: 14 }).add({ years: 3 }) },
      { certificationBody: '赛宝认证中心' }),
  ]
}

interface Moment { readonly day: Day; readonly now: Instant }
interface Event { readonly daysAgo: number; readonly happens: (app: App, db: Db, at: Moment) => Promise<void> }

const step = (daysAgo: number, code: string, state: 'in-progress' | 'waiting' | 'done'): Event => ({
  daysAgo,
  happens: async (_app, db, at) => {
    const [run] = await listProcedures(db, { runningOnly: true })
    await markStep(db, run!.procedure.id, code, { state, on: at.day }, { now: at.now, by: await actor(db) })
  },
})

async function actor(db: Db): Promise<{ id: number; name: string }> {
  return (await findPersonByEmail(db, demoAddresses.liTing))!
}

/** A duty of the certification in Frankfurt that was done in time, and three metrics of the cloud host that are proven. */
const prepared = (daysAgo: number, ruleId: string): Event => ({
  daysAgo,
  happens: async (app, db, at) => {
    const [office] = await listCertifications(db, { scheme: 'iso-27001' }, 1)
    const duty = (await listObligationsOf(db, [office!.id])).find((one) => one.ruleId === ruleId)
    if (duty?.state === 'open') await doneObligation(app, db, duty.id, at.day, { now: at.now })
  },
})

const proven: Event = {
  daysAgo: 7,
  happens: async (app, db, at) => {
    const [host] = await listCertifications(db, { scheme: 'trucs' }, 1)
    const list = await requirementsOf(app, db, host!.id)
    for (const { id } of list?.areas[0]?.items.slice(0, 3) ?? []) {
      await setRequirement(db, id, { state: 'met', add: [{ link: `https://docs.harbour.example/sla/${id}`, title: undefined }] }, { now: at.now, by: await actor(db) })
    }
  },
}

/** What happened since: the level was fixed, the filing made and answered, rectification begun and slipping. */
export const demoEvents: readonly Event[] = [
  step(54, '1.1', 'in-progress'), step(48, '1.1', 'done'), step(44, '1.2', 'done'), step(36, '1.3', 'done'), step(28, '1.4', 'done'),
  step(24, '2.1', 'done'), step(22, '2.2', 'done'), step(20, '3.1', 'in-progress'), step(18, '2.3', 'waiting'),
  step(9, '2.3', 'done'),
  {
    daysAgo: 9,
    happens: async (app, db, at) => {
      const [system] = await listCertifications(db, { scheme: 'mlps' }, 1)
      await editCertification(app, db, system!.id, { anchors: [{ name: 'filing', day: at.day }] }, { now: at.now, by: await actor(db) })
    },
  },
  prepared(30, 'internal-audit-for-surveillance-1'), prepared(25, 'management-review-for-surveillance-1'), proven,
  step(6, '3.1', 'done'), step(5, '3.2', 'in-progress'), step(4, '4.1', 'in-progress'),
]
