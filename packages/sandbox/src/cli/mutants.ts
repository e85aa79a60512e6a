import { join } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { choose } from '../mutants/choose.ts'
import { isGood } from '../mutants/mutant.ts'
import { mutants } from '../mutants/mutants.ts'
import { runMutants, triedLine } from '../mutants/run-mutants.ts'

type Flags = {
  only?: string
  shard?: { index: number; of: number }
  from: number
  minutes: number
  jobs: number
  list?: true
  json?: true
}

const whole = (least: number) => (text: string) => {
  if (!/^\d{1,9}$/.test(text) || Number(text) < least)
    throw new InvalidArgumentError(`Must be a whole number from ${least} on.`)
  return Number(text)
}

function shardOf(text: string): { index: number; of: number } {
  const [, index, of] = /^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? []
  const shard = { index: Number(index), of: Number(of) }
  if (!(shard.index >= 1 && shard.index <= shard.of))
    throw new InvalidArgumentError('Must be written as 2/5: the second of five parts.')
  return shard
}

const flags = new Command('mutants')
  .description('Puts small faults into a copy of the sources, one at a time; the tests must notice each.')
  .option('--only <text>', 'only those with this in their name')
  .option('--shard <part>', 'only this part of them, such as 2/5', shardOf)
  .option('--from <number>', 'begin with this one, so that short runs take turns', whole(0), 0)
  .option('--minutes <count>', 'begin none after so many minutes', whole(1), 60)
  .option('--jobs <count>', 'how many at a time', whole(1), 2)
  .option('--list', 'name them and try none')
  .option('--json', 'one JSON document instead of lines')
  .parse()
  .opts<Flags>()

const chosen = choose(mutants, flags)
if (flags.list) {
  for (const { name, file, protects } of chosen) process.stdout.write(`${name}\n  ${file}: ${protects}\n`)
} else {
  const enough = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => enough.abort())
  const tried = await runMutants(chosen, {
    root: join(import.meta.dirname, '../../../..'),
    budgetMs: flags.minutes * 60_000,
    jobs: Math.min(flags.jobs, Math.max(1, chosen.length)),
    signal: enough.signal,
    onTried: (one) => void process.stderr.write(`${triedLine(one)}\n`),
  })
  const bad = tried.filter(({ fate }) => !isGood(fate))
  const report = { tried: tried.length, of: chosen.length, killed: tried.length - bad.length, bad }
  process.stdout.write(
    flags.json
      ? `${JSON.stringify(report, null, 2)}\n`
      : `${report.killed} of ${report.tried} mutants were noticed${report.tried < report.of ? ` (${report.of} chosen, the time was over)` : ''}.\n`,
  )
  process.exitCode = bad.length === 0 && tried.length > 0 && !enough.signal.aborted ? 0 : 1
}
