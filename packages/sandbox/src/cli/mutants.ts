import { join } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { choose } from '../mutants/choose.ts'
import { type Area, areas, fails } from '../mutants/mutant.ts'
import { mutants } from '../mutants/mutants.ts'
import { faultsOf } from '../mutants/place-of.ts'
import { runMutants, triedLine } from '../mutants/run-mutants.ts'
import { spreadLine, summaryLine } from '../mutants/summary.ts'

type Flags = {
  area?: Area
  only?: string
  shard?: { index: number; of: number }
  from: number
  count?: number
  minutes?: number
  jobs: number
  list?: true
  json?: true
}

const whole = (least: number) => (text: string) => {
  if (!/^\d{1,10}$/.test(text) || Number(text) < least)
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
  .addOption(new Option('--area <name>', 'only those of this area').choices(areas))
  .option('--only <text>', 'only those with this in their name')
  .option('--shard <part>', 'only this part of them, such as 2/5', shardOf)
  .option('--from <number>', 'begin with this one, so that short runs take turns', whole(0), 0)
  .option('--count <count>', 'so many at most', whole(1))
  .option('--minutes <count>', 'end after so many minutes, whatever was reached', whole(1))
  .option('--jobs <count>', 'how many at a time', whole(1), 2)
  .option('--list', 'name them and try none')
  .option('--json', 'one JSON document instead of lines')
  .parse()
  .opts<Flags>()

const root = join(import.meta.dirname, '../../../..')
const print = (line: string): void => void process.stdout.write(`${line}\n`)
const chosen = choose(mutants, flags)
// all of them, however few are chosen: code that moves away from its mutant is noticed at once
const faults = await faultsOf(mutants, root)
for (const fault of faults) process.stderr.write(`broken   ${fault}\n`)

if (flags.list) {
  for (const { area, name, file, protects } of chosen) print(`${area} ${name}\n  ${file}: ${protects}`)
  print(spreadLine(chosen))
  process.exitCode = faults.length === 0 ? 0 : 1
} else {
  const enough = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => enough.abort())
  const limited = flags.minutes !== undefined
  const tried = await runMutants(chosen, {
    root,
    budgetMs: (flags.minutes ?? Infinity) * 60_000,
    jobs: Math.min(flags.jobs, Math.max(1, chosen.length)),
    signal: enough.signal,
    onTried: (one) => void process.stderr.write(`${triedLine(one)}\n`),
  })
  const bad = tried.filter(({ fate }) => fails(fate, limited))
  const killed = tried.filter(({ fate }) => fate.kind === 'killed').length
  const report = { chosen: chosen.length, tried: tried.length, killed, bad, faults }
  print(flags.json ? JSON.stringify(report, null, 2) : summaryLine(tried, chosen.length))
  const isFine = bad.length + faults.length === 0 && chosen.length > 0 && !enough.signal.aborted
  process.exitCode = isFine ? 0 : 1
}
