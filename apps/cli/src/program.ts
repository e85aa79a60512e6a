import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import type { CommandContext } from './command-context.ts'
import { withControl } from './control-commands.ts'
import { withIntake } from './intake-commands.ts'
import { withKeys } from './key-commands.ts'
import { withLists } from './list-commands.ts'
import { withMoney } from './money-commands.ts'
import { withOutcomes } from './outcome-commands.ts'
import { withReview } from './review-commands.ts'
import { withSchedules } from './schedule-commands.ts'
import { withVerdicts } from './verdict-commands.ts'
import { withWebhooks } from './webhook-commands.ts'
import { withWorkerCommands } from './worker-commands.ts'

/** The groups of commands, each in a file of its own, in the order in which the help lists them. */
const groups: readonly ((program: Command, context: CommandContext) => void)[] = [
  withIntake,
  withOutcomes,
  withLists,
  withReview,
  withVerdicts,
  withControl,
  withSchedules,
  withWebhooks,
  withMoney,
  withKeys,
  withWorkerCommands,
]

/** The verbs of `restyle` with their flags and help. Throws a `CommanderError` where other programs would exit. */
export function createProgram(context: CommandContext): Command {
  const { stdout, stderr } = context.io
  const program = new Command('restyle')
    .description('Turns a catalog of pictures and an instruction into finished pictures in your own bucket.')
    .version(version())
    .option('--url <url>', 'address of the producer (RESTYLE_URL; default http://127.0.0.1:8080)')
    .option('--key <key>', 'API key (prefer RESTYLE_API_KEY: flags are visible in the process list)')
    .exitOverride()
    .configureOutput({ writeOut: (text) => stdout.write(text), writeErr: (text) => stderr.write(text) })
    .showHelpAfterError('(restyle --help lists all commands)')
    .addHelpText('after', overview)
  for (const withCommands of groups) withCommands(program, context)
  return program
}

function version(): string {
  const file = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return file.version
}

const overview = `
Examples:
  $ restyle run catalog.csv --prompt "the {{title}} on a light oak table, soft daylight" --dry-run
  $ restyle edit mug.png --prompt "on a marble table"
  $ restyle results batch_… -o results.csv

The address and the key are also read from .restyle/credentials.json, in this folder or one above; npm start writes it.
Exit codes: 0 success, 1 edits failed or the producer refused, 2 the input is wrong, 130 Ctrl-C.`
