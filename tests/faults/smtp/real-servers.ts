// Mail servers that others wrote, on free ports of this machine, as an unprivileged user: Debian's Exim, which keeps mail in
// files, and Postfix's smtp-sink, which misbehaves when told to. Where they are missing, why.

import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const eximPath = '/usr/sbin/exim4'
/** A folder into which the package postfix was unpacked: installed, it and Exim exclude each other. */
const postfixFolder = process.env['TEST_POSTFIX'] ?? '/opt/recert-test-postfix'
const sinkPath = ['/usr/sbin/smtp-sink', join(postfixFolder, 'usr/sbin/smtp-sink')].find((path) => existsSync(path))

export const missingExim = existsSync(eximPath) ? undefined : `there is no ${eximPath} (apt-get install exim4-daemon-light)`
export const missingSink = sinkPath ? undefined : `there is no smtp-sink in /usr/sbin nor in ${postfixFolder} (apt-get download postfix, dpkg -x)`

export interface RealServer {
  readonly port: number
  close(): Promise<void>
}

export interface Exim extends RealServer {
  /** Refuses every sender with this text, such as `450 4.7.1 not now`; takes them all without one. */
  refuseSenders(reply?: string): void
  /** What arrived, as bytes, once there are so many. */
  arrived(count: number): Promise<Buffer[]>
}

// Recipients and messages are refused by name: later-NNN and never-NNN at RCPT, data-NNN at the dot.
const configuration = (folder: string, user: string): string => `
exim_path = ${folder}/exim
exim_user = ${user}
exim_group = ${user}
spool_directory = ${folder}/spool
log_file_path = ${folder}/log/%s
pid_file_path = ${folder}/pid
primary_hostname = mail.example.test
keep_environment =
host_lookup =
received_header_text =
tls_advertise_hosts =
deliver_drop_privilege = true
acl_smtp_mail = at_mail
acl_smtp_rcpt = at_rcpt
acl_smtp_data = at_dot
begin acl
at_mail:
  deny condition = \${if exists{${folder}/never}}
    message = 5.7.1 not you
  defer condition = \${if exists{${folder}/later}}
    message = 4.7.1 not now
  accept
at_rcpt:
  deny local_parts = never
    message = 5.1.1 no such user
  defer local_parts = later
    message = 4.2.1 mailbox busy
  accept
at_dot:
  deny condition = \${if eq{$recipients}{refused@example.org}}
    message = 5.6.0 not like this
  defer condition = \${if eq{$recipients}{tired@example.org}}
    message = 4.3.1 no room
  accept
begin routers
all:
  driver = accept
  transport = file
begin transports
file:
  driver = appendfile
  directory = ${folder}/mail
  use_crlf
  user = ${user}
begin retry
`

/** Starts Exim in a folder of its own. Run by root it is another user. */
export async function openExim(): Promise<Exim> {
  const folder = mkdtempSync(join(tmpdir(), 'recert-exim-'))
  const other = process.getuid?.() === 0 ? idsOf('Debian-exim') : undefined
  const user = other ? 'Debian-exim' : execFileSync('id', ['-un'], { encoding: 'utf8' }).trim()
  const port = await freePort()
  for (const name of ['spool', 'log', 'mail']) mkdirSync(join(folder, name))
  writeFileSync(join(folder, 'conf'), configuration(folder, user))
  // A copy is not set-uid: nothing of it runs as root.
  copyFileSync(eximPath, join(folder, 'exim'))
  if (other) for (const name of ['', 'spool', 'log', 'mail', 'conf', 'exim']) chownSync(join(folder, name), other.uid, other.gid)
  const child = spawn(join(folder, 'exim'), ['-C', join(folder, 'conf'), '-bdf', '-oX', `127.0.0.1.${port}`], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], ...other })
  await listening(child, port)
  return {
    port,
    refuseSenders(reply) {
      for (const name of ['later', 'never']) rmSync(join(folder, name), { force: true })
      if (reply) writeFileSync(join(folder, reply.startsWith('4') ? 'later' : 'never'), '')
    },
    async arrived(count) {
      const names = (): string[] => readdirSync(join(folder, 'mail')).filter((name) => name.startsWith('q'))
      while (names().length < count) await turn(child)
      return names().map((name) => readFileSync(join(folder, 'mail', name)))
    },
    async close() {
      await ended(child)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Starts smtp-sink with these arguments, such as `-q`, `RCPT`: it hangs up at RCPT. */
export async function openSink(...options: readonly string[]): Promise<RealServer> {
  const port = await freePort()
  const other = process.getuid?.() === 0 ? idsOf('nobody') : undefined
  const child = spawn(sinkPath!, [...options, `127.0.0.1:${port}`, '10'], {
    stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, LD_LIBRARY_PATH: join(postfixFolder, 'usr/lib/postfix') }, ...other,
  })
  await listening(child, port)
  return { port, close: () => ended(child) }
}

const idsOf = (user: string): { uid: number; gid: number } => ({
  uid: Number(execFileSync('id', ['-u', user], { encoding: 'utf8' })), gid: Number(execFileSync('id', ['-g', user], { encoding: 'utf8' })),
})

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  await exit
}

/** Resolves once somebody listens there; rejects where the server ended instead. */
async function listening(child: ChildProcess, port: number): Promise<void> {
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => { said = `${said}${text}`.slice(-2000) })
  while (!await answers(port)) {
    if (child.exitCode !== null) throw new Error(`the server ended before it listened: ${said}`)
    await turn(child)
  }
}

const answers = (port: number): Promise<boolean> => new Promise((resolve) => {
  const socket = connect(port, '127.0.0.1', () => { socket.destroy(); resolve(true) }).on('error', () => resolve(false))
})

// Another process has no promise to give: it is looked at again after what this one has to do.
const turn = (child: ChildProcess): Promise<void> => new Promise((resolve, reject) => {
  if (child.exitCode === null) setTimeout(resolve, 20)
  else reject(new Error('the server has ended'))
})

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  return typeof address === 'object' && address ? address.port : 0
}
