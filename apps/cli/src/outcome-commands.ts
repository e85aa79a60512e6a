import { type Command, Option } from 'commander'
import type { CommandContext } from './command-context.ts'
import { events, type EventsFlags } from './events.ts'
import { usualParallel } from './download-images.ts'
import { linkSeconds, parallel, priority, usualLinkSeconds } from './flag-values.ts'
import { setPriority } from './priority.ts'
import { report, type ReportFlags } from './report.ts'
import { formats, results, type ResultsFlags } from './results.ts'
import { verdictWords } from './judge-rows.ts'
import { watch } from './watch.ts'

/** What became of what was enqueued. */
export function withOutcomes(program: Command, context: CommandContext): void {
  const { io, end, opened } = context
  program
    .command('watch <batch>')
    .description('show the progress of a batch until it has ended')
    .option('--json', 'print the batch as JSON when it has ended, and no progress')
    .action(async (batch: string, flags: { json?: true }) => end(watch(batch, flags, await opened(), io)))

  program
    .command('priority <batch>')
    .description('let a batch go before or after your others: 9 before all, 1 after all')
    .argument('<priority>', '1 to 9', priority)
    .option('--json', 'print the batch as JSON')
    .action(async (batch: string, value: number, flags: { json?: true }) =>
      end(setPriority(batch, value, flags, await opened(), io)),
    )

  withResults(program, context)

  program
    .command('report <batch>')
    .description(
      'fetch the report of a batch that has ended: before and after, on a page that needs no network',
    )
    .option('-o, --output <folder>', 'where it goes (default: this folder)')
    .action(async (batch: string, flags: ReportFlags) => end(report(batch, flags, await opened(), io)))

  program
    .command('events')
    .description('print events as JSON lines (CloudEvents 1.0)')
    .option('--follow', 'continue with new events, until Ctrl-C')
    .option('--from <cursor>', 'start after this cursor (default: the oldest event; now: the next one)')
    .action(async (flags: EventsFlags) => end(events(flags, await opened(), io)))
}

function withResults(program: Command, { io, end, opened }: CommandContext): void {
  program
    .command('results <batch>')
    .description('write one row per edit, with what it was made from; fetch the images')
    .option('-o, --output <file>', 'a .csv, .jsonl or .xlsx file, or - for standard output (the default)')
    .addOption(new Option('--format <format>', 'whatever the name of the file').choices(formats))
    .option('--json', 'the same as --format jsonl')
    .option(
      '--links [time]',
      'with signed addresses of the images, which end after 24h, 30m or 7d',
      linkSeconds,
    )
    .addOption(
      new Option(
        '--verdict <verdict>',
        'only rows of which a person said so; none: nobody said anything',
      ).choices(verdictWords),
    )
    .option('--download <folder>', 'fetch the images; a run that was cut off goes on')
    .option(
      '--parallel <count>',
      `images that are fetched at a time, 1 to 64 (default: ${usualParallel})`,
      parallel,
    )
    .addHelpText('after', resultsNotes)
    .action((batch: string, { links, ...flags }: Omit<ResultsFlags, 'links'> & { links?: number | true }) =>
      end(
        results(
          batch,
          { ...flags, ...(links === undefined ? {} : { links: links === true ? usualLinkSeconds : links }) },
          opened,
          io,
        ),
      ),
    )
}

const resultsNotes = `
Examples:
  $ restyle results batch_… -o results.xlsx
  $ restyle results batch_… --download images/
  $ restyle results batch_… --links 7d -o for-the-shop.csv
  $ restyle results batch_… --verdict approved -o approved.xlsx

The catalog's own columns come behind ours. A .csv file begins with a byte order mark, so that Excel reads it as UTF-8;
standard output does not. A cell that a spreadsheet would run as a formula begins with an apostrophe: the key =1 is written
'=1. Take one apostrophe away before = + - @ to join by such a key; numbers such as -100 and all other keys are written as
they are. restyle run reads such cells back by itself, and JSON lines and workbooks hold every key unchanged.`
