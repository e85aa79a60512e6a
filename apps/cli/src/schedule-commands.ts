import { type Command, Option } from 'commander'
import { withCatalogFlags } from './catalog-flags.ts'
import type { CommandContext } from './command-context.ts'
import { amount, clockTime, positive, timeZone, windowHours } from './flag-values.ts'
import { withEditFlags } from './edit-flags.ts'
import {
  addSchedule,
  listSchedules,
  pauseSchedule,
  removeSchedule,
  runSchedule,
  scheduleHistory,
  type ScheduleFlags,
  showSchedule,
} from './schedule.ts'

type Json = { json?: true }

/** Catalogs that are run again and again. */
export function withSchedules(program: Command, { io, end, opened }: CommandContext): void {
  const json = ['--json', 'print JSON instead of text'] as const
  const group = program
    .command('schedule')
    .description('run a catalog again and again: only what has changed is enqueued')
  const command = (usage: string, description: string) =>
    group
      .command(usage)
      .description(description)
      .option(...json)

  withAdd(group.command('add <name>')).action(async (name: string, flags: ScheduleFlags) =>
    end(addSchedule(name, flags, await opened(), io)),
  )
  command('list', 'list the schedules and their next ticks').action(async (flags: Json) =>
    end(listSchedules(flags, await opened(), io)),
  )
  command('show <name>', 'show a schedule and what goes on').action(async (name: string, flags: Json) =>
    end(showSchedule(name, flags, await opened(), io)),
  )
  command('history <name>', 'show what became of its ticks, the newest first')
    .option('--limit <count>', 'how many, at most 500', positive, 20)
    .action(async (name: string, flags: Json & { limit: number }) =>
      end(scheduleHistory(name, flags, await opened(), io)),
    )
  command('pause <name>', 'skip its ticks until it is resumed').action(async (name: string, flags: Json) =>
    end(pauseSchedule('pause', name, flags, await opened(), io)),
  )
  command('resume <name>', 'let its ticks run again; those that were skipped do not come back').action(
    async (name: string, flags: Json) => end(pauseSchedule('resume', name, flags, await opened(), io)),
  )
  command('run <name>', 'run it now, unless a run goes on').action(async (name: string, flags: Json) =>
    end(runSchedule(name, flags, await opened(), io)),
  )
  command('remove <name>', 'remove it and its history; its batches stay').action(
    async (name: string, flags: Json) => end(removeSchedule(name, flags, await opened(), io)),
  )
}

const withAdd = (command: Command): Command =>
  withCatalogFlags(withEditFlags(command))
    .description('add a schedule, or set it otherwise; the same again changes nothing')
    .requiredOption('--cron <fields>', 'minute, hour, day, month, day of the week, such as "0 22 * * *"')
    .requiredOption('--tz <zone>', 'time zone of the cron expression, such as Europe/Paris', timeZone)
    .requiredOption('--manifest <address>', 'the catalog, read anew for each run: s3://… or https://…')
    .option('--key-column <name>', 'column with the key of a row (default: sku, key or id)')
    .addOption(
      new Option('--missed <policy>', 'what becomes of ticks that nobody was there for').choices([
        'run-once',
        'skip',
      ]),
    )
    .addOption(
      new Option('--overlap <policy>', 'what becomes of a tick while a run goes on').choices([
        'skip',
        'queue',
        'beside',
      ]),
    )
    .option(
      '--window <hours>',
      'submit only then, such as 22:00-06:00 or "Mon-Fri 22:00-06:00"; what runs ends',
      windowHours,
    )
    .option(
      '--budget <amount>',
      'what each run may cost, such as 50.00; it stops where that is spent',
      amount,
    )
    .addOption(new Option('--currency <code>', 'of the budget (default: CNY)').choices(['CNY', 'USD']))
    .option(
      '--finish-by <time>',
      'the time of day in --tz, first after the tick, by which a run should be done',
      clockTime,
    )
    .option(
      '--pictures <address>',
      'where relative pictures begin: s3://bucket/folder/ (default: beside the catalog)',
    )
    .option('--all', 'make all rows at each run, not only what has changed')
    .option('--json', 'print JSON instead of text')
    .addHelpText('after', addExamples)

const addExamples = `
Examples:
  $ restyle schedule add nightly --cron "0 22 * * *" --tz Europe/Paris \\
      --manifest s3://photos/catalog.csv --prompt "the {{title}} on a light oak table"
  $ restyle schedule add nightly … --window 22:00-06:00 --overlap queue`
