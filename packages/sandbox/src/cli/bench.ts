import { availableParallelism, cpus, totalmem } from 'node:os'
import { Command, InvalidArgumentError } from 'commander'
import { benchLogVolume, type LogVolumeFigures } from '../bench/log-volume.ts'
import { benchMemory, type Sample } from '../bench/memory.ts'
import { benchPipeline, type PipelineFigures } from '../bench/pipeline.ts'
import { benchPoisoned, mostPosts, type PoisonedFigures } from '../bench/poisoned.ts'
import { allMet, asJson, asLines, type Figure } from '../bench/report.ts'
import { benchSlots } from '../bench/slots.ts'

const say = (line: string) => process.stdout.write(`${line}\n`)
const whisper = (line: string) => process.stderr.write(`${line}\n`)

const count = (text: string): number => {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1)
    throw new InvalidArgumentError('must be a whole number above 0')
  return number
}

const positive = (text: string): number => {
  const number = Number(text)
  if (!(number > 0)) throw new InvalidArgumentError('must be above 0')
  return number
}

const machine = {
  cores: availableParallelism(),
  cpu: cpus()[0]?.model ?? 'unknown',
  memoryGb: Math.round(totalmem() / 2 ** 30),
  node: process.version,
}

/** Prints the figures, and has the process exit with 1 where one falls short. */
function report(bench: string, figures: Figure[], json: boolean, more: object, beside?: string): void {
  if (json) say(asJson(bench, figures, more))
  else for (const line of asLines(figures, beside)) say(line)
  if (!allMet(figures)) process.exitCode = 1
}

type Flags = { edits: number; runs: number; inFlight: number; json?: true }

function showPipeline({ world, bare, ratio, floor, redisPerEdit, enqueuedPerSecond }: PipelineFigures): void {
  say(`                 edits/s   CPU ms per edit   runs`)
  for (const [name, side] of [['whole world', world] as const, ['bare loop', bare] as const])
    say(
      `${name.padEnd(15)}${String(side.editsPerSecond).padStart(9)}${String(side.cpuMsPerEdit).padStart(18)}   ${side.runs.join(', ')}`,
    )
  say(`ratio ${ratio}, at least ${floor} is asked for: ${ratio >= floor ? 'met' : 'NOT met'}`)
  const { commands, scripts, cpuMs, byCommand } = redisPerEdit
  say(
    `Redis per edit: ${commands} commands, those inside its ${scripts} scripts included; ${cpuMs} ms of CPU`,
  )
  say(
    `  ${Object.entries(byCommand)
      .map(([name, times]) => `${name} ${times}`)
      .join(', ')}`,
  )
  say(`enqueued through POST /v1/batches: ${enqueuedPerSecond} edits/s`)
}

const showSample = ({ edits, rssMb, heapMb, externalMb }: Sample): string =>
  `${String(edits).padStart(7)} edits   rss ${rssMb} MB   heap ${heapMb} MB   external ${externalMb} MB`

function showPoisoned({ without, beside, ratio, ceiling, poisoned, met }: PoisonedFigures): void {
  say('the others                 s   runs')
  for (const [name, side] of [
    ['without poisoned ones', without],
    ['beside poisoned ones', beside],
  ] as const)
    say(`${name.padEnd(21)}${String(side.seconds).padStart(7)}   ${side.runs.join(', ')}`)
  say(`ratio ${ratio}, at most ${ceiling} is asked for`)
  for (const { answer, posts, state, code, message } of poisoned)
    say(`${answer.padEnd(21)}${posts} POSTs, ${state}: ${code}, "${message}"`)
  say(`at most ${mostPosts} POSTs each, and the vendor's words: ${met ? 'met' : 'NOT met'}`)
}

function showLogVolume({ mostLines, written, met }: LogVolumeFigures): void {
  say('Redis          process    lines    bytes   most often')
  for (const { outage, process, lines, bytes, messages } of written)
    say(
      `${outage.padEnd(15)}${process.padEnd(8)}${String(lines).padStart(8)}${String(bytes).padStart(9)}   ${messages.slice(0, 3).join(', ')}`,
    )
  say(`at most ${mostLines} lines of each process: ${met ? 'met' : 'NOT met'}`)
}

const program = new Command('bench').description('Each figure beside its comparison, in one run.')

program
  .command('pipeline')
  .description(
    'edits per second of the whole world with an instant provider, beside a bare loop of the same requests',
  )
  .option('--edits <number>', 'edits of each run', count, 4000)
  .option('--runs <number>', 'runs of each side, of which the median counts', count, 3)
  .option('--in-flight <number>', 'edits under way at a time, on either side', count, 32)
  .option('--json', 'print JSON')
  .action(async ({ json, ...options }: Flags) => {
    const figures = await benchPipeline({ ...options, onRun: whisper })
    if (json) say(JSON.stringify({ bench: 'pipeline', machine, options, ...figures }, undefined, 2))
    else showPipeline(figures)
    if (figures.ratio < figures.floor) process.exitCode = 1
  })

program
  .command('memory')
  .description('memory of one worker process while it ends many edits')
  .option('--edits <number>', 'edits', count, 20_000)
  .option('--in-flight <number>', 'edits under way at a time', count, 32)
  .option('--json', 'print JSON')
  .action(async ({ json, ...options }: Flags) => {
    const onSample = (sample: Sample) => whisper(showSample(sample))
    const figures = await benchMemory({ ...options, onSample })
    if (json) say(JSON.stringify({ bench: 'memory', machine, options, ...figures }, undefined, 2))
    else
      for (const name of ['rss', 'heap'] as const) {
        const { mbPerThousandEdits, lastToFirst, flat } = figures[name]
        say(
          `${name}: ${mbPerThousandEdits} MB per 1,000 edits, last ${lastToFirst} of the first after warm-up: ${flat ? 'flat' : 'NOT flat'}`,
        )
      }
    if (!figures.rss.flat || !figures.heap.flat) process.exitCode = 1
  })

program
  .command('poisoned')
  .description('how long a batch of one prompt takes beside three edits that the vendor never accepts')
  .option('--edits <number>', 'edits of the batch', count, 200)
  .option('--runs <number>', 'runs of each side, of which the median counts', count, 3)
  .option('--speed <number>', 'how much faster than the vendor everything runs', count, 30)
  .option('--json', 'print JSON')
  .action(async ({ json, ...options }: { edits: number; runs: number; speed: number; json?: true }) => {
    const figures = await benchPoisoned({ ...options, onRun: whisper })
    if (json) say(JSON.stringify({ bench: 'poisoned', machine, options, ...figures }, undefined, 2))
    else showPoisoned(figures)
    if (!figures.met) process.exitCode = 1
  })

program
  .command('log-volume')
  .description('lines that a worker and a producer write while Redis refuses them, in each of four ways')
  .option('--seconds <number>', 'how long each outage lasts', count, 60)
  .option('--json', 'print JSON')
  .action(async ({ json, ...options }: { seconds: number; json?: true }) => {
    const figures = await benchLogVolume({ ...options, onOutage: whisper })
    if (json) say(JSON.stringify({ bench: 'log-volume', machine, options, ...figures }, undefined, 2))
    else showLogVolume(figures)
    if (!figures.met) process.exitCode = 1
  })

type SlotsFlags = { tasks: number; median: number; sigma: number; seed: number; json?: true }

program
  .command('slots')
  .description("how much of an account's slot time is used, in real time, beside the schedule of the vendor's SDK")
  .option('--tasks <number>', 'tasks of each side', count, 60)
  .option('--median <seconds>', 'median duration of a task', positive, 60)
  .option('--sigma <number>', 'spread of the durations: log-normal', positive, 0.3)
  .option('--seed <number>', 'another seed, other durations', count, 1)
  .option('--json', 'print JSON')
  .action(async ({ json, ...options }: SlotsFlags) => {
    const figures = await benchSlots({ ...options, onProgress: whisper })
    report('slots', figures, json === true, { machine, options }, 'SDK')
  })

await program.parseAsync()
