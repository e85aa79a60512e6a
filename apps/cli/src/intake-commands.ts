import { type Command, Option } from 'commander'
import { withCatalogFlags } from './catalog-flags.ts'
import type { CommandContext } from './command-context.ts'
import { withEditFlags } from './edit-flags.ts'
import { edit, type EditFlags } from './edit.ts'
import {
  amount,
  askLimit,
  background,
  finishTime,
  idempotencyKey,
  timeZone,
  windowHours,
} from './flag-values.ts'
import { run, type RunFlags } from './run.ts'

/** `run` and `edit`: what enqueues. */
export function withIntake(program: Command, { io, end, ...clients }: CommandContext): void {
  withCatalogFlags(withRequestFlags(program.command('run <catalog>')))
    .description(
      'enqueue a whole catalog: a .csv, .tsv, .txt, .xlsx or .jsonl file or a folder of pictures, here or at s3://…',
    )
    .option(
      '--key-column <name>',
      'column with the key of a row, or several as {{name}}-{{name}} (default: sku, key or id, else its number)',
    )
    .option('--pictures <folder>', 'where relative picture paths begin (default: the folder of the catalog)')
    .option('--name <name>', 'name of the batch (default: the name of the catalog)')
    .option(
      '--budget <amount>',
      'what it may cost, such as 50.00; where the next edit does not fit it stops',
      amount,
    )
    .addOption(new Option('--currency <code>', 'of the budget (default: CNY)').choices(['CNY', 'USD']))
    .option(
      '--finish-by <time>',
      'when it should be done, such as 06:00: warns where that is not expected',
      finishTime,
    )
    .option('--window <hours>', 'submit only then, such as 22:00-06:00 or "Mon-Fri 22:00-06:00"', windowHours)
    .option(
      '--tz <zone>',
      'of --window and --finish-by, such as Europe/Paris (default: of this machine)',
      timeZone,
    )
    .option('--catalog <name>', 'what its rows are compared under with earlier runs (default: its file name)')
    .option('--all', 'enqueue rows that are done or under way once more, too')
    .option('--hold', 'let work begin when all rows are enqueued, and not with the first thousand')
    .option('--dry-run', 'check everything, print the price and when it would be done, send nothing')
    .option(
      '--ask-above <amount>',
      'on a terminal, ask before more than so much is spent (default: 50)',
      askLimit,
    )
    .option('--yes', 'do not ask')
    .option('--no-fetch', 'with --dry-run: do not look at pictures, only whether local ones are there')
    .addHelpText('after', runExamples)
    .action((catalog: string, flags: RunFlags) => end(run(catalog, flags, clients, io)))

  withRequestFlags(program.command('edit <picture...>'))
    .description('enqueue one edit of one or several pictures; prints the keys of its images in the bucket')
    .addHelpText('after', editExamples)
    .action((pictures: string[], flags: EditFlags) => end(edit(pictures, flags, clients.openedToSend, io)))
}

const withRequestFlags = (command: Command): Command =>
  withEditFlags(command)
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

const runExamples = `
Examples:
  $ restyle run catalog.csv --prompt "the {{title}} in {{color}} on white" --key-column sku
  $ restyle run photos/ --prompt "on a light oak table" --n 2 --size 1280*1280
  $ restyle run rows.jsonl --no-wait --json
  $ restyle run catalog.csv --all

A picture is a path relative to the catalog, an http(s) or s3:// address, or sha256:<digest> of an uploaded picture.
Several in one cell are written with a comma, a semicolon, a bar or a line break between them.
A row may have its own model, n, size, seed, negativePrompt, promptExtend, watermark, class and metadata: in columns of these
names (metadata.<name>), or in fields of JSONL. Where it has none, the flags say it.
All rows are checked first; if one is wrong, nothing is uploaded and nothing is enqueued. More than 1,000 rows are sent in chunks;
a run that was cut off goes on when the same command is given again.

The same catalog again enqueues only rows that are new, have changed, or failed or were canceled before.`

const editExamples = `
Examples:
  $ restyle edit mug.png --prompt "on a marble table"
  $ restyle edit mug.png table.jpg --prompt "the mug of image 1 on the table of image 2"
  $ restyle edit https://example.com/mug.png --prompt "at night" --n 4 --json`
