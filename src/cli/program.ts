// The command line as a whole: one `run` for a terminal and for a server that carries a command out.
// Exit 0 done, 1 failed, 2 wrong usage or invalid input.

import { Command, CommanderError } from 'commander'
import { AppError, type ErrorCode } from '../errors.ts'
import { addAdminCommands } from './admin-commands.ts'
import { addAuditCommands } from './audit-commands.ts'
import { addCalendarCommands } from './calendar-commands.ts'
import { addCertificationCommands } from './certification-commands.ts'
import type { Context } from './context.ts'
import type { Io } from './io.ts'
import { addEvidenceCommands } from './evidence-commands.ts'
import { addFindingCommands } from './finding-commands.ts'
import { addObligationCommands } from './obligation-commands.ts'
import { addPeopleCommands } from './people-commands.ts'
import { addPolicyCommands } from './policy-commands.ts'
import { addProcedureCommands } from './procedure-commands.ts'
import { addRegisterCommands } from './register-commands.ts'
import { addReminderCommands } from './reminder-commands.ts'
import { addRequirementCommands } from './requirement-commands.ts'
import { addSchemeCommands } from './scheme-commands.ts'

const exitOf: Readonly<Record<ErrorCode, number>> = { invalid: 2, 'not-found': 2, conflict: 1, unavailable: 1 }

/** Carries out one command; `report` hears of what is a bug, which people only see as a sentence. */
export async function run(argv: readonly string[], context: Context, report: (error: unknown) => void): Promise<number> {
  try {
    await programFor(context).parseAsync([...argv], { from: 'user' })
    return 0
  } catch (error) {
    return exitCodeOf(error, context.io, report)
  }
}

function programFor(context: Context): Command {
  const { io } = context
  const program = new Command('recert').description('Certification lifecycle tracker with expiry alerts.')
    .exitOverride().configureOutput({
      writeOut: io.stdout, writeErr: io.stderr, getOutHelpWidth: () => io.columns, getErrHelpWidth: () => io.columns,
    })
    .showSuggestionAfterError()
  addAdminCommands(program, context)
  addPeopleCommands(program, context)
  addPolicyCommands(program, context)
  addCertificationCommands(program, context)
  addObligationCommands(program, context)
  addProcedureCommands(program, context)
  addAuditCommands(program, context)
  addEvidenceCommands(program, context)
  addFindingCommands(program, context)
  addReminderCommands(program, context, run)
  addRegisterCommands(program, context)
  addRequirementCommands(program, context)
  addSchemeCommands(program, context)
  addCalendarCommands(program, context)
  inherit(program)
  return program
}

// Subcommands are made before the settings above would reach them.
function inherit(command: Command): void {
  for (const child of command.commands) {
    child.copyInheritedSettings(command)
    inherit(child)
  }
}

function exitCodeOf(error: unknown, io: Io, report: (error: unknown) => void): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  if (error instanceof AppError) {
    io.stderr(`${error.message}\n`)
    return exitOf[error.code]
  }
  report(error)
  io.stderr('This is a fault of Recert, not yours. The log has the details (LOG_LEVEL=info).\n')
  return 1
}
