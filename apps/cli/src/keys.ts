import type { Client } from '@restyle/client/client'
import type { Key, MadeKey, NewKey } from '@restyle/client/types'
import type { Io } from './io.ts'
import { printLines, writeRaw } from './show/print.ts'
import { type Column, tableLines } from './show/table.ts'
import { timeText } from './show/time-text.ts'
import type { ExitCode } from './stop.ts'

type Json = { json?: true }

export type NewKeyFlags = Json & { name?: string; scopes?: NonNullable<NewKey['scopes']>; expires?: number }
export type RotateFlags = Json & { overlap?: number }
export type RevokeFlags = Json & { successors?: true }

/** Makes a key. It alone goes to stdout, so that it can be piped to where it is kept. */
export async function createKey(
  producer: string,
  { name, scopes, expires, json }: NewKeyFlags,
  client: Client,
  io: Io,
): Promise<ExitCode> {
  const made = await client.keys.create({
    producer,
    ...(name === undefined ? {} : { name }),
    ...(scopes === undefined ? {} : { scopes }),
    ...(expires === undefined ? {} : { expiresInSeconds: expires }),
  })
  return showMade(made, `Key ${made.id} of ${made.producer}: ${made.scopes.join(' ')}`, { json }, io)
}

/** Gives a key a successor; without an id the one that the command came with. */
export async function rotateKey(
  id: string | undefined,
  { overlap, json }: RotateFlags,
  client: Client,
  io: Io,
): Promise<ExitCode> {
  const options = overlap === undefined ? {} : { overlapSeconds: overlap }
  const made = await (id === undefined ? client.keys.rotateOwn(options) : client.keys.rotate(id, options))
  const said = `Key ${made.id} of ${made.producer} takes the place of ${made.predecessor ?? 'the old one'}, which ends soon`
  return showMade(made, said, { json }, io)
}

async function showMade(
  made: MadeKey,
  said: string,
  { json }: { json: true | undefined },
  io: Io,
): Promise<ExitCode> {
  if (json === true) await writeRaw(io.stdout, `${JSON.stringify(made)}\n`, io.signal)
  else {
    io.stderr.write(`${said}. It is shown this once:\n`)
    await writeRaw(io.stdout, `${made.key}\n`, io.signal)
  }
  return 0
}

/** Lists keys without their secrets: of all producers, or of one. */
export async function listKeys(
  { producer, json }: Json & { producer?: string },
  client: Client,
  io: Io,
): Promise<ExitCode> {
  const keys: Key[] = []
  for await (const key of client.keys.list(producer === undefined ? {} : { producer }))
    if (json === true) await writeRaw(io.stdout, `${JSON.stringify(key)}\n`, io.signal)
    else keys.push(key)
  if (json === true) return 0
  const { columns } = io.stdout as { columns?: number }
  printLines(io.stdout, ...(keys.length === 0 ? ['No keys found.'] : tableLines(keyColumns, keys, columns)))
  return 0
}

const keyColumns: Column<Key>[] = [
  { head: 'key', cell: ({ id }) => id },
  { head: 'producer', cell: ({ producer }) => producer, least: 8 },
  { head: 'state', cell: stateOf },
  {
    head: 'last used',
    cell: ({ lastUsedAt }) => (lastUsedAt === undefined ? '' : timeText(lastUsedAt)),
    leaves: 2,
  },
  { head: 'made', cell: ({ createdAt }) => timeText(createdAt), leaves: 3 },
  { head: 'name', cell: ({ name }) => name ?? '', least: 6, leaves: 1 },
  { head: 'scopes', cell: ({ scopes }) => scopes.join(' '), least: 12 },
]

function stateOf({ state, expiresAt, revokedAt }: Key): string {
  if (revokedAt !== undefined) return `revoked ${timeText(revokedAt)}`
  if (expiresAt === undefined) return state
  return state === 'live' ? `live until ${timeText(expiresAt)}` : `expired ${timeText(expiresAt)}`
}

/** Shows a key; without an id the one that the command came with. */
export async function showKey(
  id: string | undefined,
  { json }: Json,
  client: Client,
  io: Io,
): Promise<ExitCode> {
  return showOne(await (id === undefined ? client.keys.own() : client.keys.read(id)), json, io)
}

export async function revokeKey(
  id: string,
  { successors, json }: RevokeFlags,
  client: Client,
  io: Io,
): Promise<ExitCode> {
  return showOne(await client.keys.revoke(id, { successors: successors === true }), json, io)
}

async function showOne(key: Key, json: true | undefined, io: Io): Promise<ExitCode> {
  if (json === true) await writeRaw(io.stdout, `${JSON.stringify(key)}\n`, io.signal)
  else printLines(io.stdout, ...tableLines(keyColumns, [key], undefined))
  return 0
}
