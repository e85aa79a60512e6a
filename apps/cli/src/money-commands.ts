import { type Command, Option } from 'commander'
import type { CommandContext } from './command-context.ts'
import { amount, dayText } from './flag-values.ts'
import { type BudgetFlags, setBudget, usage, type UsageFlags } from './money.ts'

/** What batches may cost, and what was spent. */
export function withMoney(program: Command, { io, end, opened }: CommandContext): void {
  program
    .command('budget <batch>')
    .argument('<amount>', 'such as 50.00, or none', (text: string) => (text === 'none' ? null : amount(text)))
    .description('set what a batch may cost; one that stopped for it goes on where it fits')
    .addOption(currencyOption())
    .option('--json', 'print JSON instead of text')
    .action(async (batch: string, micros: number | null, flags: BudgetFlags) =>
      end(setBudget(batch, micros, flags, await opened(), io)),
    )
  program
    .command('usage')
    .description('what was billed and what is reserved, by day, batch, lane or producer')
    .addOption(
      new Option('--by <what>', 'what there is a line for')
        .choices(['day', 'batch', 'lane', 'producer'])
        .default('day'),
    )
    .option('--from <date>', 'the first day, such as 2026-10-01 (default: six days before the last)', dayText)
    .option('--to <date>', 'the last day (default: today)', dayText)
    .option('--producer <name>', 'another producer, with a key that has the scope admin')
    .option('--json', 'print JSON lines instead of a table')
    .action(async (flags: UsageFlags) => end(usage(flags, await opened(), io)))
}

const currencyOption = (): Option =>
  new Option('--currency <code>', 'of the amount').choices(['CNY', 'USD']).default('CNY')
