import { availableParallelism, cpus, totalmem } from 'node:os'
import { Command, InvalidArgumentError, Option } from 'commander'
import { apiFigures, benchApi } from '../bench/api.ts'
import { benchBacklog } from '../bench/backlog.ts'
import { benchConsoleApi } from '../bench/console-api.ts'
import { benchConsolePages } from '../bench/console-pages.ts'
import { benchExport } from '../bench/export.ts'
import { benchIntake, intakeFigures } from '../bench/intake.ts'
import { benchFair } from '../bench/fair.ts'
import { benchForecast } from '../bench/forecast.ts'
import { benchLogVolume, logVolumeFigures } from '../bench/log-volume.ts'
import { benchMemory, memoryFigures, type Sample } from '../bench/memory.ts'
import { benchPipeline, pipelineFigures } from '../bench/pipeline.ts'
import { benchPoisoned, poisonedFigures } from '../bench/poisoned.ts'
import { allMet, asJson, asLines, type Figure } from '../bench/report.ts'
import { benchSlots } from '../bench/slots.ts'
import { benchWebhooks, webhookFigures } from '../bench/webhooks.ts'

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

const showSample = ({ edits, rssMb, heapMb, externalMb }: Sample): string =>
  `${String(edits).padStart(7)} edits   rss ${rssMb} MB   heap ${heapMb} MB   external ${externalMb} MB`

const program = new Command('bench').description('Each figure beside its comparison, in one run.')

program
  .command('pipeline')
  .description(
    'edits per second of the whole world with an instant provider, beside a bare loop of the same requests',
  )
  .option('--edits <number>', 'edits of each run', count, 2000)
  .option('--runs <number>', 'pairs of runs, of which the median counts', count, 5)
  .option('--in-flight <number>', 'edits under way at a time, on either side', count, 32)
  .option('--json', 'print JSON')
  .action(async ({ json, ...options }: Flags) => {
    const measured = await benchPipeline({ ...options, onRun: whisper })
    report(
      'pipeline',
      pipelineFigures(measured),
      json === true,
      { machine, options, ...measured },
      'bare loop',
    )
  })

program
  .command('memory')
  .description('memory of one worker process while it ends many edits')
  .option('--edits <number>', 'edits', count, 20_000)
  .option('--in-flight <number>', 'edits under way at a time', count, 32)
  .option('--json', 'print JSON')
  .action(async ({ json, ...options }: Flags) => {
    const onSample = (sample: Sample) => whisper(showSample(sample))
    const measured = await benchMemory({ ...options, onSample })
    report('memory', memoryFigures(measured), json === true, { machine, options, ...measured })
  })

program
  .command('poisoned')
  .description('how long a batch of one prompt takes beside three edits that the vendor never accepts')
  .option('--edits <number>', 'edits of the batch', count, 200)
  .option('--runs <number>', 'runs of each side, of which the median counts', count, 3)
  .option('--speed <number>', 'how much faster than the vendor everything runs', count, 30)
  .option('--json', 'print JSON')
  .action(async ({ json, ...options }: { edits: number; runs: number; speed: number; json?: true }) => {
    const measured = await benchPoisoned({ ...options, onRun: whisper })
    report('poisoned', poisonedFigures(measured), json === true, { machine, options, ...measured }, 'without')
  })

program
  .command('log-volume')
  .description('lines that a worker and a producer write while Redis refuses them, in each of four ways')
  .option('--seconds <number>', 'how long each outage lasts', count, 60)
  .option('--json', 'print JSON')
  .action(async ({ json, ...options }: { seconds: number; json?: true }) => {
    const measured = await benchLogVolume({ ...options, onOutage: whisper })
    report('log-volume', logVolumeFigures(measured), json === true, { machine, options, ...measured })
  })

program
  .command('intake')
  .description(
    'a catalog of many rows from its file into a batch, over HTTP from the command line, beside addBulk of BullMQ',
  )
  .option('--rows <number>', 'rows of the catalog', count, 1_000_000)
  .option('--json', 'print JSON')
  .action(async ({ json, ...options }: { rows: number; json?: true }) => {
    const measured = await benchIntake({ ...options, onStep: whisper })
    report('intake', intakeFigures(measured), json === true, { machine, options, ...measured }, 'addBulk')
  })

program
  .command('export')
  .description('all rows of a batch as one file, beside a bare pipe of the same bytes')
  .option('--rows <number>', 'rows of the batch', count, 1_000_000)
  .option('--json', 'print JSON')
  .action(async ({ json, ...options }: { rows: number; json?: true }) => {
    const figures = await benchExport({ ...options, onStep: whisper })
    report('export', figures, json === true, { machine, options }, 'bare pipe')
  })

type ApiFlags = { seconds: number; runs: number; atOnce: number; json?: true }

program
  .command('api')
  .description(
    'edits and batches that the producer takes over HTTP, beside a bare route that adds to a queue',
  )
  .option('--seconds <number>', 'how long each run lasts', count, 10)
  .option('--runs <number>', 'pairs of runs, of which the median counts', count, 5)
  .option('--at-once <number>', 'single edits under way at a time', count, 64)
  .option('--json', 'print JSON')
  .action(async ({ json, ...options }: ApiFlags) => {
    const measured = await benchApi({ ...options, onRun: whisper })
    report('api', apiFigures(measured), json === true, { machine, options, ...measured }, 'bare route')
  })

type SlotsFlags = { tasks: number; median: number; sigma: number; seed: number; json?: true }

program
  .command('slots')
  .description(
    "how much of an account's slot time is used, in real time, beside the schedule of the vendor's SDK",
  )
  .option('--tasks <number>', 'tasks of each side', count, 60)
  .option('--median <seconds>', 'median duration of a task', positive, 60)
  .option('--sigma <number>', 'spread of the durations: log-normal', positive, 0.3)
  .option('--seed <number>', 'another seed, other durations', count, 1)
  .option('--json', 'print JSON')
  .action(async ({ json, ...options }: SlotsFlags) => {
    const figures = await benchSlots({ ...options, onProgress: whisper })
    report('slots', figures, json === true, { machine, options }, 'SDK')
  })

type BacklogFlags = { rows: number; admissions: number; idleSeconds: number; json?: true }

program
  .command('backlog')
  .description(
    'what rows that rest cost in Redis, and whether anything but the rebuild depends on how many they are',
  )
  .option('--rows <number>', 'rows of the large backlog', count, 1_000_000)
  .option('--admissions <number>', 'admissions that are timed in each backlog', count, 2_000)
  .option('--idle-seconds <number>', 'how long an idle worker is watched on each backlog', count, 30)
  .option('--json', 'print JSON')
  .action(async ({ json, ...options }: BacklogFlags) => {
    const figures = await benchBacklog({ ...options, onStep: whisper })
    report('backlog', figures, json === true, { machine, options }, '1,000 rows')
  })

type FairFlags = {
  rows: number
  edits: number
  images: number
  task: number
  quickTask: number
  json?: true
}

program
  .command('fair')
  .description('who gets what while others wait: few edits beside many, weights, interactive edits, bulk')
  .option('--rows <number>', 'edits that another producer has waiting', count, 100_000)
  .option('--edits <number>', 'edits of the one beside it', count, 20)
  .option('--images <number>', 'images after which shares are read', count, 400)
  .option('--task <seconds>', 'how long a task runs where times are measured', positive, 4)
  .option('--quick-task <seconds>', 'how long a task runs where only shares are read', positive, 0.3)
  .option('--json', 'print JSON')
  .action(async ({ json, ...options }: FairFlags) => {
    const figures = await benchFair({ ...options, onProgress: whisper })
    report('fair', figures, json === true, { machine, options }, 'first come')
  })

program
  .command('forecast')
  .description('how often the time that is told beforehand is right, and how exact it is, in virtual time')
  .option('--batches <number>', 'batches, each in another world', count, 200)
  .option('--seed <number>', 'another seed, other worlds', count, 1)
  .option('--json', 'print JSON')
  .action(({ json, ...options }: { batches: number; seed: number; json?: true }) => {
    const figures = benchForecast({ ...options, onBatch: whisper })
    report('forecast', figures, json === true, { machine, options })
  })

type WebhookFlags = { events: number; endpoints: number; runs: number; json?: true }

program
  .command('webhooks')
  .description('events delivered per second with one endpoint that hangs, beside all alive')
  .option('--events <number>', 'events of each run, for each endpoint', count, 2_000)
  .option('--endpoints <number>', 'endpoints, of which one hangs on one side', count, 10)
  .option('--runs <number>', 'pairs of runs, of which the median counts', count, 3)
  .option('--json', 'print JSON')
  .action(async ({ json, ...options }: WebhookFlags) => {
    const measured = await benchWebhooks({ ...options, onRun: whisper })
    report(
      'webhooks',
      webhookFigures(measured),
      json === true,
      { machine, options, ...measured },
      'all alive',
    )
  })

type ConsoleFlags = {
  only?: 'api' | 'pages'
  reads: number
  events: number
  runs: number
  minutes: number
  chromium?: string
  pages?: string
  json?: true
}

program
  .command('console')
  .description(
    'what pages of the console ask of the producer, beside bare routes, and the gallery of 100,000 and 1,000,000 rows in a real browser, beside a bare page that scrolls',
  )
  .addOption(new Option('--only <part>', 'one part of it').choices(['api', 'pages']))
  .option('--reads <number>', 'reads of each kind', count, 200)
  .option('--events <number>', 'edits that end while somebody watches, 50 a second', count, 500)
  .option('--runs <number>', 'runs of each in the browser, of which the median counts', count, 5)
  .option('--minutes <number>', 'how long it is used to see whether its memory grows', positive, 5)
  .option('--chromium <file>', 'the browser; without it one is found, as the tests find theirs')
  .option('--pages <folder>', 'a built console; without it that of this repository is built')
  .option('--json', 'print JSON')
  .action(async ({ json, only, ...options }: ConsoleFlags) => {
    const sizes = { rows: [100_000, 1_000_000], ratios: [1, 2] }
    const figures = [
      ...(only === 'pages' ? [] : await benchConsoleApi({ ...options, onStep: whisper })),
      ...(only === 'api' ? [] : await benchConsolePages({ ...options, ...sizes, onStep: whisper })),
    ]
    report('console', figures, json === true, { machine, options: { only, ...options } }, 'bare')
  })

await program.parseAsync()
