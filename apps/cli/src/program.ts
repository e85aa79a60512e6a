import { readFileSync } from 'node:fs'
import type { Resolution } from '@restyle/client/types'
import { Command, InvalidArgumentError, Option } from 'commander'
import { defaultModel, models } from '@restyle/dashscope/models'
import type { EditFlags } from './edit.ts'
import type { ControlFlags, RetryFlags } from './control.ts'
import type { EventsFlags } from './events.ts'
import type { Io } from './io.ts'
import type { ResultsFlags } from './results.ts'
import type { RunFlags } from './run.ts'

/** What each verb does with its arguments and flags. */
export type Verbs = {
  run: (catalog: string, options: RunFlags) => Promise<void>
  edit: (pictures: string[], options: EditFlags) => Promise<void>
  watch: (batch: string, options: { json?: true }) => Promise<void>
  results: (batch: string, options: ResultsFlags) => Promise<void>
  priority: (batch: string, priority: number, options: { json?: true }) => Promise<void>
  events: (options: EventsFlags) => Promise<void>
  review: (options: { json?: true }) => Promise<void>
  decide: (edit: string, resolution: Resolution, options: { json?: true }) => Promise<void>
  cancel: (id: string, options: { json?: true }) => Promise<void>
  pauseOrResume: (verb: 'pause' | 'resume', id: string | undefined, options: ControlFlags) => Promise<void>
  lanes: (options: { json?: true }) => Promise<void>
  retry: (batch: string, options: RetryFlags) => Promise<void>
  /** `doctor` and `rebuild`, which need what a worker needs. */
  workerCommand: (argv: string[]) => Promise<void>
}

/** The verbs of `restyle` with their flags and help. Throws a `CommanderError` where other programs would exit. */
export function createProgram({ stdout, stderr }: Pick<Io, 'stdout' | 'stderr'>, verbs: Verbs): Command {
  const program = new Command('restyle')
    .description('Turns a catalog of pictures and an instruction into finished pictures in your own bucket.')
    .version(version())
    .option('--url <url>', 'address of the producer (RESTYLE_URL; default http://127.0.0.1:8080)')
    .option('--key <key>', 'API key (prefer RESTYLE_API_KEY: flags are visible in the process list)')
    .exitOverride()
    .configureOutput({ writeOut: (text) => stdout.write(text), writeErr: (text) => stderr.write(text) })
    .showHelpAfterError('(restyle --help lists all commands)')
    .addHelpText('after', overview)
  withIntake(program, verbs)
  withOutcomes(program, verbs)
  withReview(program, verbs)
  withControl(program, verbs)
  withWorkerCommands(program, verbs)
  return program
}

function withIntake(program: Command, { run, edit }: Verbs): void {
  withRequestFlags(program.command('run <catalog>'))
    .description('enqueue a whole catalog: a .csv, .tsv or .jsonl file, or a folder of pictures')
    .option('--image-column <name>', 'column with the picture; name2, name3 … are further pictures', 'image')
    .option('--key-column <name>', 'column with the key of a row (default: sku, key or id, else its number)')
    .option('--pictures <folder>', 'where relative picture paths begin (default: the folder of the catalog)')
    .option('--name <name>', 'name of the batch (default: the name of the catalog)')
    .option('--hold', 'let work begin when all rows are enqueued, and not with the first thousand')
    .option('--dry-run', 'check everything, print the price, send nothing')
    .addHelpText('after', runExamples)
    .action(run)

  withRequestFlags(program.command('edit <picture...>'))
    .description('enqueue one edit of one or several pictures; prints the keys of its images in the bucket')
    .addHelpText('after', editExamples)
    .action(edit)
}

function withOutcomes(program: Command, { watch, priority: setPriority, results, events }: Verbs): void {
  program
    .command('watch <batch>')
    .description('show the progress of a batch until it has ended')
    .option('--json', 'print the batch as JSON when it has ended, and no progress')
    .action(watch)

  program
    .command('priority <batch>')
    .description('let a batch go before or after your others: 9 before all, 1 after all')
    .argument('<priority>', '1 to 9', priority)
    .option('--json', 'print the batch as JSON')
    .action(setPriority)

  program
    .command('results <batch>')
    .description('write one row per edit, with its key')
    .option('-o, --output <file>', 'a .csv or .jsonl file, or - for standard output', '-')
    .option('--json', 'write JSON lines, whatever the name of the file')
    .addHelpText('after', resultsNotes)
    .action(results)

  program
    .command('events')
    .description('print events as JSON lines (CloudEvents 1.0)')
    .option('--follow', 'continue with new events, until Ctrl-C')
    .option('--from <cursor>', 'start after this cursor (default: the oldest event; now: the next one)')
    .action(events)
}

function withReview(program: Command, { review, decide }: Verbs): void {
  const json = ['--json', 'print JSON instead of text'] as const
  const listing = program
    .command('review')
    .description('show the edits that wait for a person, or decide one of them')
    .option(...json)
    .action(review)
  const decision = (usage: string, description: string) =>
    listing
      .command(usage)
      .description(description)
      .option(...json)
  // both commands have --json, and the outer one takes it wherever it is written
  const jsonOf = (command: Command) => command.optsWithGlobals<{ json?: true }>()

  decision('adopt <edit> <task>', 'the task belongs to the edit: take its images, nothing more is billed')
    .option('--force', 'even if the task is not one of the candidates')
    .action((edit: string, taskId: string, { force }: { force?: true }, command: Command) =>
      decide(edit, { action: 'adopt', taskId, ...(force && { force }) }, jsonOf(command)),
    )
  decision('resubmit <edit>', 'submit it again: billed twice if one of the tasks was its own').action(
    (edit: string, _: object, command: Command) => decide(edit, { action: 'resubmit' }, jsonOf(command)),
  )
  decision('drop <edit>', 'let it fail: if it made a task, that is billed and not stored').action(
    (edit: string, _: object, command: Command) => decide(edit, { action: 'drop' }, jsonOf(command)),
  )
  decision('give-up <edit>', 'paid images that cannot be stored: try each once more, then let it fail')
    .argument(
      '[image...]',
      'which of its images, counted from 0 (default: all that are not stored)',
      (text, before: number[]) => [...before, integer(text)],
      [],
    )
    .action((edit: string, images: number[], _: object, command: Command) =>
      decide(edit, { action: 'giveUp', ...(images.length > 0 && { images }) }, jsonOf(command)),
    )
}

function withControl(program: Command, { cancel, pauseOrResume, lanes, retry }: Verbs): void {
  const json = ['--json', 'print JSON instead of text'] as const
  program
    .command('cancel <id>')
    .description('end a batch or an edit that waits; a task that runs goes on, and its images are stored')
    .option(...json)
    .action(cancel)
  for (const [verb, description] of [
    ['pause', 'hold back a batch, an edit, all of the producer, or a lane; what was submitted goes on'],
    ['resume', 'let it go again; another pause of the same edits stays'],
  ] as const)
    program
      .command(`${verb} [id]`)
      .description(description)
      .option('--producer', 'all edits of the producer that the key belongs to')
      .option('--lane <name>', 'a lane, with a key that has the scope admin')
      .option(...json)
      .action((id: string | undefined, options: ControlFlags) => pauseOrResume(verb, id, options))
  program
    .command('retry <batch>')
    .description(
      'try failed rows once more, each as another edit; restyle results shows the newest of each row',
    )
    .option('--code <code>', 'only rows that failed with this code; may be repeated', collect, [])
    .option('-p, --prompt <text>', 'another instruction for all of them, taken as it is written')
    .option('--seed <number>', 'another seed', integer)
    .option('--size <W*H>', 'another size')
    .option(...json)
    .action(retry)
  program
    .command('lanes')
    .description('show the lanes and what pauses them, with a key that has the scope admin')
    .option(...json)
    .action(lanes)
}

function withWorkerCommands(program: Command, { workerCommand }: Verbs): void {
  const flags = (json: true | undefined) => (json === true ? ['--json'] : [])
  program
    .command('doctor')
    .description(
      "check everything a worker depends on: Redis, the bucket, the vendor's keys (with a worker's environment)",
    )
    .option('--json', 'print the findings as JSON')
    .action(({ json }: { json?: true }) => workerCommand(['doctor', ...flags(json)]))

  program
    .command('rebuild')
    .description("restore from the bucket what Redis has lost (with a worker's environment)")
    .option('--days <count>', 'how many days of accepted edits to read, at most 30', integer, 30)
    .option('--json', 'print the counts as JSON')
    .action(({ days, json }: { days: number; json?: true }) =>
      workerCommand(['rebuild', '--days', String(days), ...flags(json)]),
    )
}

function withRequestFlags(command: Command): Command {
  return command
    .option('-p, --prompt <text>', 'the instruction; {{column}} is filled from each row of a catalog')
    .option('--model <id>', `${Object.keys(models).join(', ')} (default: ${defaultModel.id})`)
    .option('--n <count>', 'images per edit, each one billed', integer, 1)
    .option('--size <W*H>', 'size of the images in pixels, such as 1280*960')
    .option('--negative <text>', 'what must not appear in the images')
    .option('--seed <number>', 'the same seed gives similar images', integer)
    .option('--no-prompt-extend', 'send the prompt unchanged: the model does not rewrite it')
    .option('--watermark', 'let the vendor put its watermark on the images')
    .addOption(
      new Option('--class <class>', 'how soon its turn comes: bulk leaves others nine tenths').choices([
        'interactive',
        'standard',
        'bulk',
      ]),
    )
    .option('--priority <1 to 9>', 'which of your own goes first: 9 before all (default: 5)', priority)
    .option('--as-is', 'send local pictures unchanged, whatever their orientation, colours and size')
    .option(
      '--background <colour>',
      'what transparent pictures are laid on, such as #ffffff',
      background,
      'white',
    )
    .option('--no-wait', 'return as soon as it is accepted')
    .option(
      '--idempotency-key <key>',
      'repeat an earlier run without enqueuing anything twice',
      idempotencyKey,
    )
    .option('--json', 'print JSON instead of text')
}

const collect = (text: string, before: string[]): string[] => [...before, text]

function integer(text: string): number {
  if (!/^-?\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.')
  return Number(text)
}

function priority(text: string): number {
  if (!/^[1-9]$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1 to 9.')
  return Number(text)
}

function background(text: string): string {
  if (!/^(#[0-9a-f]{6}|white|black|gr[ae]y)$/i.test(text))
    throw new InvalidArgumentError('It must be #rrggbb, white, black or grey.')
  return text
}

function idempotencyKey(text: string): string {
  if (!/^[\x20-\x7e]{1,255}$/.test(text))
    throw new InvalidArgumentError('It must be 1 to 255 printable ASCII characters.')
  return text
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

const runExamples = `
Examples:
  $ restyle run catalog.csv --prompt "the {{title}} in {{color}} on white" --key-column sku
  $ restyle run photos/ --prompt "on a light oak table" --n 2 --size 1280*1280
  $ restyle run rows.jsonl --no-wait --json

A picture is a path relative to the catalog, an http(s) or s3:// address, or sha256:<digest> of an uploaded picture.
Several in one cell are written with a comma, a semicolon, a bar or a line break between them.
Rows of JSONL may have their own prompt, model, n, size, seed, negativePrompt, promptExtend, watermark, class and metadata.
All rows are checked first; if one is wrong, nothing is uploaded and nothing is enqueued. More than 1,000 rows are sent in chunks;
a run that was cut off goes on with the --idempotency-key that it has printed.`

const resultsNotes = `
A .csv file begins with a byte order mark, so that Excel reads it as UTF-8; standard output does not.
A cell that a spreadsheet would run as a formula begins with an apostrophe: the key =1 is written '=1. Take one apostrophe
away before = + - @ to join by such a key; numbers such as -100 and all other keys are written as they are. restyle run
reads such cells back by itself, and JSON lines hold every key unchanged.`

const editExamples = `
Examples:
  $ restyle edit mug.png --prompt "on a marble table"
  $ restyle edit mug.png table.jpg --prompt "the mug of image 1 on the table of image 2"
  $ restyle edit https://example.com/mug.png --prompt "at night" --n 4 --json`
