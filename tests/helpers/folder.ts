// A folder of its own for each test that needs one, removed afterwards.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'recert-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
