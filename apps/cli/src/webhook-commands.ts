import { type Command, Option } from 'commander'
import type { CommandContext } from './command-context.ts'
import { collect, positive, timeOf } from './flag-values.ts'
import {
  addWebhook,
  changeWebhook,
  type ChangeFlags,
  listDeliveries,
  listWebhooks,
  removeWebhook,
  replayWebhook,
  type ReplayFlags,
  rotateSecret,
  showWebhook,
  testWebhook,
} from './webhook.ts'

type Json = { json?: true }

/** Addresses that events are sent to. */
export function withWebhooks(program: Command, { io, end, opened }: CommandContext): void {
  const group = program.command('webhook').description('have events sent to an address of yours')
  const command = (usage: string, description: string) =>
    group.command(usage).description(description).option('--json', 'print JSON instead of text')

  command('add <url>', 'have events sent there, signed; shows the secret, once')
    .option('--type <type>', 'only events of this type; may be repeated', collect)
    .option('--description <text>', 'a note for people')
    .option('--from <time>', 'begin with the events since then', timeOf)
    .action(async (url: string, flags: ChangeFlags & { from?: (now: number) => string }) =>
      end(addWebhook(url, flags, await opened(), io)),
    )
  command('list', 'list the webhooks and how they do').action(async (flags: Json) =>
    end(listWebhooks(flags, await opened(), io)),
  )
  command('show <id>', 'show a webhook').action(async (id: string, flags: Json) =>
    end(showWebhook(id, flags, await opened(), io)),
  )
  command('set <id>', 'set it otherwise; what is not named stays')
    .option('--url <url>', 'another address')
    .option('--type <type>', 'only events of this type; may be repeated', collect)
    .option('--all-types', 'events of all types')
    .option('--description <text>', 'a note for people')
    .addOption(new Option('--enable', 'let it go on with new events').conflicts('disable'))
    .option('--disable', 'send it nothing')
    .action(async (id: string, flags: ChangeFlags) => end(changeWebhook(id, flags, await opened(), io)))
  command('rotate <id>', 'give it another secret; shows it, once')
    .option('--keep <hours>', 'for so long the old one signs, too', positive, 24)
    .action(async (id: string, flags: Json & { keep: number }) =>
      end(rotateSecret(id, flags, await opened(), io)),
    )
  command('test <id>', 'send it an event, and show the answer').action(async (id: string, flags: Json) =>
    end(testWebhook(id, flags, await opened(), io)),
  )
  command('deliveries <id>', 'show the last attempts and their answers, the newest first')
    .addOption(new Option('--outcome <outcome>', 'only these').choices(['delivered', 'failed']))
    .option('--limit <count>', 'how many', positive, 20)
    .action(async (id: string, flags: Json & { outcome?: 'delivered' | 'failed'; limit: number }) =>
      end(listDeliveries(id, flags, await opened(), io)),
    )
  command('replay <id>', 'have it sent events once more')
    .option('--skipped', 'all that passed while it was disabled')
    .option('--since <time>', 'from then on: a time, or 30m, 24h, 7d ago', timeOf)
    .option('--until <time>', 'up to then', timeOf)
    .option('--event <cursor>', 'a single event; may be repeated', collect)
    .action(async (id: string, flags: ReplayFlags) => end(replayWebhook(id, flags, await opened(), io)))
  command('remove <id>', 'remove it and all that waits for it').action(async (id: string, flags: Json) =>
    end(removeWebhook(id, flags, await opened(), io)),
  )
}
