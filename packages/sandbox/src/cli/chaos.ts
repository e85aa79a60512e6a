import { Command, InvalidArgumentError, Option } from 'commander'
import { type Guard, guards } from '../chaos/breaks.ts'
import { reportText, seedLine, summaryOf } from '../chaos/report.ts'
import { runChaos } from '../chaos/run-chaos.ts'

type Flags = { seeds: number; seed?: number; minutes: number; json?: true; break?: Guard; dir?: string }

const count = (text: string): number => {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Must be a whole number above 0.')
  return Number(text)
}

const program = new Command('chaos')
  .description('Kills workers, Redis, the bucket and the wires between them, then checks every promise.')
  .option('--seeds <count>', 'seeds 1 to count, one after the other', count, 50)
  .option('--seed <number>', 'only this one, as it was planned before', count)
  .option('--minutes <count>', 'begin no seed that could end later', count, 15)
  .option('--json', 'one JSON document instead of the table')
  .option('--dir <path>', 'keep the history and the logs here')
  .addOption(new Option('--break <guard>', 'take one guard out: the run must then fail').choices(guards))
  .parse()
const { seeds, seed, minutes, json, dir, break: guard } = program.opts<Flags>()

const enough = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => enough.abort())

const report = await runChaos({
  seeds: seed === undefined ? Array.from({ length: seeds }, (_, i) => i + 1) : [seed],
  minutes,
  signal: enough.signal,
  onSeed: (line) => void process.stderr.write(`${seedLine(line)}\n`),
  ...(guard === undefined ? {} : { guard }),
  ...(dir === undefined ? {} : { dir }),
})
const summary = summaryOf(report)
const text = json ? `${JSON.stringify(summary, null, 2)}\n` : reportText(report)
// all is stopped, but Node 24 may spin for ever over a message that was on its way to a killed child
process.stdout.write(text, () => process.exit(summary.ok && !enough.signal.aborted ? 0 : 1))
