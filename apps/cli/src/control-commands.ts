import type { Command } from 'commander'
import { close } from './close.ts'
import type { CommandContext } from './command-context.ts'
import { cancel, type ControlFlags, lanes, pauseOrResume, retry, type RetryFlags } from './control.ts'
import { collect, integer, positive, seedOrNone } from './flag-values.ts'
import { redo, type RedoFlags } from './redo.ts'

/** What a person orders. */
export function withControl(program: Command, { io, end, opened }: CommandContext): void {
  const json = ['--json', 'print JSON instead of text'] as const
  program
    .command('cancel <id>')
    .description('end a batch or an edit that waits; a task that runs goes on, and its images are stored')
    .option(...json)
    .action(async (id: string, flags: { json?: true }) => end(cancel(id, flags, await opened(), io)))
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
      .action((id: string | undefined, flags: ControlFlags) =>
        end(pauseOrResume(verb, id, flags, opened, io)),
      )
  program
    .command('close <batch>')
    .description('let an open batch end with the rows that it has')
    .option(...json)
    .action(async (batch: string, flags: { json?: true }) => end(close(batch, flags, await opened(), io)))
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
    .action(async (batch: string, flags: RetryFlags) => end(retry(batch, flags, await opened(), io)))
  program
    .command('redo <edit>')
    .description('make the picture of an edit once more, asked otherwise; it is an edit of its own')
    .option('-p, --prompt <text>', 'another instruction, taken as it is written')
    .option('--negative <text>', 'what must not appear in the images')
    .option('--seed <number>', 'another seed, or none: then another picture comes', seedOrNone)
    .option('--n <count>', 'so many images, each one billed', positive)
    .option('--size <W*H>', 'another size')
    .option('--dry-run', 'say what it would cost and when it would be done, and enqueue nothing')
    .option(...json)
    .action(async (id: string, flags: RedoFlags) => end(redo(id, flags, await opened(), io)))
  program
    .command('lanes')
    .description('show the lanes and what pauses them, with a key that has the scope admin')
    .option(...json)
    .action(async (flags: { json?: true }) => end(lanes(flags, await opened(), io)))
}
