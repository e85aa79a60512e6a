import { Argument, type Command } from 'commander'
import type { CommandContext } from './command-context.ts'
import { verdict, type VerdictFlags, verdictWords } from './judge-rows.ts'

/** What a person thinks of results. */
export function withVerdicts(program: Command, { io, end, opened }: CommandContext): void {
  program
    .command('verdict <batch>')
    .description('approve or reject results of a batch, many rows at once')
    .addArgument(new Argument('<verdict>', 'none takes back what was said').choices(verdictWords))
    .option('--rows <rows>', 'these rows, counted from 1: 1-300,7')
    .option('--all', 'all rows that have images')
    .option('--except <rows>', 'but not these')
    .option('--json', 'print the operation as JSON')
    .action(async (batch: string, word: (typeof verdictWords)[number], flags: VerdictFlags) =>
      end(verdict(batch, word, flags, await opened(), io)),
    )
}
