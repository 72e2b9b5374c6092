// Uses the demo as a newcomer would: start it, sign in by the printed link, read the page, open a
// captured mail as HTML and as text, stop it. Any step that fails ends with its reason.

import { spawn } from 'node:child_process'

const port = '3917'
// A stopped clock is for Recert alone: npm runs on the machine's own, older Node.
const clock = process.env['DEMO_CLOCK']
const [command, ...words] = clock ? [process.execPath, '--import', clock, 'src/main.ts', 'demo'] : ['npm', 'run', '-s', 'demo', '--']
const demo = spawn(command ?? 'npm', [...words, '--port', port], { stdio: ['ignore', 'pipe', 'inherit'], detached: true })
const ended = new Promise<number | null>((resolve) => demo.once('exit', resolve))

const said = await readUntil(/Recert .* serves /)
const link = /http:\S*\/sign-in\/\S+/.exec(said)?.[0] ?? fail('no sign-in link was printed')
const origin = new URL(link).origin

await expectPage(link, 200, '<form')
const signedIn = await fetch(link, { method: 'POST', redirect: 'manual', headers: { origin, 'sec-fetch-site': 'same-origin' } })
if (signedIn.status !== 303) fail(`signing in answered ${signedIn.status}`)
const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? fail('signing in set no cookie')

await expectPage(`${origin}/`, 200, 'Frankfurt data centre', cookie)
const mail = await expectPage(`${origin}/mail`, 200, 'href="/mail/', cookie)
const message = /href="(\/mail\/\d+)"/.exec(mail)?.[1] ?? fail('no mail was captured')
await expectPage(`${origin}${message}`, 200, 'Message-ID', cookie)
await expectPage(`${origin}${message}/html`, 200, '<html', cookie)
await expectPage(`${origin}${message}/message.eml`, 200, 'Message-ID:', cookie)
await expectPage(`${origin}/certifications`, 200, 'Harbour Hypervisor 5', cookie)

process.kill(-demo.pid!, 'SIGTERM')
await ended
process.stdout.write('The demo started, let its reader in, showed its pages and mails, and stopped.\n')

async function expectPage(url: string, status: number, text: string, cookie = ''): Promise<string> {
  const response = await fetch(url, { redirect: 'manual', headers: { cookie } })
  const body = await response.text()
  if (response.status !== status) fail(`${url} answered ${response.status}`)
  if (!body.includes(text)) fail(`${url} does not hold ${text}`)
  return body
}

function readUntil(pattern: RegExp): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    const ending = (code: number | null): never => fail(`the demo ended with ${code} before it served`)
    demo.once('exit', ending)
    demo.stdout.on('data', (part: Buffer) => {
      text += part.toString('utf8')
      process.stdout.write(part)
      if (!pattern.test(text)) return
      demo.off('exit', ending)
      resolve(text)
    })
  })
}

function fail(reason: string): never {
  process.stderr.write(`The demo does not work: ${reason}.\n`)
  if (demo.pid !== undefined && demo.exitCode === null) process.kill(-demo.pid, 'SIGKILL')
  process.exit(1)
}
