import { mostLiveKeys } from '@restyle/shared/contract/api-key'
import type { Log } from '@restyle/shared/log'
import type { FastifyReply } from 'fastify'
import type { z } from 'zod'
import { Problem } from '../http/problem.ts'
import { type KeyTools, readKey } from './change-keys.ts'
import { type KeyView, viewOfKey } from './key-view.ts'

export type KeyRouteTools = KeyTools & { log: Log }

/** What the document says of an answer that shows a key. */
export const shownOnce = { 200: { headers: ['Location', 'Cache-Control'] } } as const

/** An answer that no cache may keep. */
export const secret = (reply: FastifyReply): FastifyReply => reply.header('cache-control', 'no-store')

/** A key without its secret. Throws a `Problem` (not-found). */
export async function showKey(id: string, tools: KeyTools): Promise<z.infer<typeof KeyView>> {
  const key = (await tools.ledger.apiKeys.read(id)) ?? (await readKey(id, tools))
  if (key === undefined) throw noSuchKey()
  const [usedAt] = await tools.ledger.apiKeys.usedAt([id])
  return viewOfKey(key, usedAt, tools.now())
}

export const noSuchKey = (): Problem => new Problem('not-found', 'There is no such key.')
export const tooManyKeys = (producer: string): Problem =>
  new Problem('too-many-keys', `${producer} has ${mostLiveKeys} live keys: revoke some that nobody uses.`)
