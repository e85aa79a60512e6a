import { type Command, InvalidArgumentError } from 'commander'
import type { CommandContext } from './command-context.ts'
import { lifeSeconds, positive } from './flag-values.ts'
import {
  createKey,
  listKeys,
  type NewKeyFlags,
  revokeKey,
  type RevokeFlags,
  rotateKey,
  type RotateFlags,
  showKey,
} from './keys.ts'
import { type ProducerFlags, setProducer, showProducers } from './producers.ts'

type Json = { json?: true }

const json = ['--json', 'print JSON instead of text'] as const

/** Keys, and what producers may have. All but a key's own are for keys with the scope admin. */
export function withKeys(program: Command, context: CommandContext): void {
  withKeyCommands(program.command('keys').description('make, list, rotate and revoke API keys'), context)
  withProducerCommands(
    program.command('producer').description('what producers may have, with a key that has the scope admin'),
    context,
  )
}

function withKeyCommands(group: Command, { io, end, opened }: CommandContext): void {
  group
    .command('create <producer>')
    .description('make a key; it is shown once, alone on stdout')
    .option('--name <text>', 'what people call it')
    .option('--scopes <list>', 'such as edits:write,edits:read (default: all but admin)', scopesOf)
    .option('--expires <time>', 'after how long it ends, such as 90d (default: never)', lifeSeconds)
    .option(...json)
    .action(async (producer: string, flags: NewKeyFlags) =>
      end(createKey(producer, flags, await opened(), io)),
    )
  group
    .command('list')
    .description('list keys without their secrets, and when each was last used')
    .option('--producer <name>', 'of this producer alone')
    .option(...json)
    .action(async (flags: Json & { producer?: string }) => end(listKeys(flags, await opened(), io)))
  group
    .command('show [id]')
    .description('show a key; without an id the one in use')
    .option(...json)
    .action(async (id: string | undefined, flags: Json) => end(showKey(id, flags, await opened(), io)))
  group
    .command('rotate [id]')
    .description('give a key a successor that may do the same; without an id the one in use')
    .option('--overlap <time>', 'how long the old one lives on, such as 10m (default: 24h)', lifeSeconds)
    .option(...json)
    .action(async (id: string | undefined, flags: RotateFlags) =>
      end(rotateKey(id, flags, await opened(), io)),
    )
  group
    .command('revoke <id>')
    .description('end a key and its streams, within 3 seconds')
    .option('--successors', 'also the keys that came from it by rotation, as for one that was stolen')
    .option(...json)
    .action(async (id: string, flags: RevokeFlags) => end(revokeKey(id, flags, await opened(), io)))
}

function withProducerCommands(group: Command, { io, end, opened }: CommandContext): void {
  group
    .command('show [name]')
    .description('show what is set for a producer, or for all')
    .option(...json)
    .action(async (name: string | undefined, flags: Json) =>
      end(showProducers(name, flags, await opened(), io)),
    )
  group
    .command('set <name>')
    .description('set what is named; all else stays')
    .option('--weight <count>', 'of 1 to 1,000; twice the weight gets twice the images', positive)
    .option('--zone <zone>', 'whose midnight its days begin at, such as Europe/Paris')
    .option('--rate <count>', 'requests a minute, or none', limit)
    .option('--places <count>', 'streams and waiting reads at once, or none', limit)
    .option('--open-edits <count>', 'edits that have not ended, or none', limit)
    .option(...json)
    .action(async (name: string, flags: ProducerFlags) => end(setProducer(name, flags, await opened(), io)))
}

const limit = (text: string): number | 'none' => (text === 'none' ? text : positive(text))

const known = ['edits:write', 'edits:read', 'events', 'webhooks', 'admin'] as const
type Scope = (typeof known)[number]

function scopesOf(text: string): Scope[] {
  const named = text.split(',').map((word) => known.find((scope) => scope === word.trim()))
  if (named.some((scope) => scope === undefined))
    throw new InvalidArgumentError(`It must be one of ${known.join(', ')}, or several with commas.`)
  return named.filter((scope) => scope !== undefined)
}
