import type { Command } from 'commander'
import type { CommandContext } from './command-context.ts'
import { integer } from './flag-values.ts'
import { workerCommand } from './worker-command.ts'

/** `doctor` and `rebuild`, which need what a worker needs. */
export function withWorkerCommands(program: Command, { io, end }: CommandContext): void {
  const flags = (json: true | undefined) => (json === true ? ['--json'] : [])
  program
    .command('doctor')
    .description(
      "check everything a worker depends on: Redis, the bucket, the vendor's keys (with a worker's environment)",
    )
    .option('--json', 'print the findings as JSON')
    .action(({ json }: { json?: true }) => end(workerCommand(['doctor', ...flags(json)], io)))

  program
    .command('rebuild')
    .description("restore from the bucket what Redis has lost (with a worker's environment)")
    .option('--days <count>', 'how many days of accepted edits to read, at most 30', integer, 30)
    .option('--json', 'print the counts as JSON')
    .action(({ days, json }: { days: number; json?: true }) =>
      end(workerCommand(['rebuild', '--days', String(days), ...flags(json)], io)),
    )
}
