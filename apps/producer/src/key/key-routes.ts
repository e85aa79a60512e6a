import { mostLiveKeys, type NumberedKey } from '@restyle/shared/contract/api-key'
import type { KeyPlace, KeyShelf } from '@restyle/shared/ledger/api-keys'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { ReadConditions, sendTagged, withTag } from '../http/conditions.ts'
import { refusals } from '../http/openapi.ts'
import { NextCursor, openPage, paging, type Places, withLink } from '../http/page.ts'
import { createKey, revokeKey } from './change-keys.ts'
import { type KeyRouteTools, noSuchKey, secret, showKey, shownOnce, tooManyKeys } from './key-answers.ts'
import { KeyPath, NewKeyBody } from './key-bodies.ts'
import { KeyView, MadeKeyView, viewOfKey } from './key-view.ts'
import { rotationRoutes } from './rotation-routes.ts'

/** API keys: made, rotated and revoked by keys with the scope `admin`; every key sees and rotates itself. */
export function keyRoutes(app: Api, tools: KeyRouteTools): void {
  makeKey(app, tools)
  listKeys(app, tools)
  oneKey(app, tools)
  rotationRoutes(app, tools)
}

function makeKey(app: Api, tools: KeyRouteTools): void {
  app.post(
    '/v1/keys',
    {
      config: { scope: 'admin' },
      schema: {
        operationId: 'createKey',
        summary: 'Make a key for a producer',
        description: `The answer is the one time that the key is shown. A producer has at most ${mostLiveKeys} live keys.`,
        tags: ['keys'],
        body: NewKeyBody,
        'x-problems': ['too-many-keys'],
        'x-answers': { 201: shownOnce[200] },
        response: { 201: MadeKeyView, ...refusals },
      },
    },
    async ({ body, keyId }, reply) => {
      const { expiresInSeconds: seconds, producer, name, scopes: may } = body
      const made = await createKey(
        {
          producer,
          ...(name === undefined ? {} : { name }),
          ...(may === undefined ? {} : { scopes: may }),
          ...(seconds === undefined ? {} : { lifeMs: seconds * 1_000 }),
        },
        tools,
      )
      if (made === 'full') throw tooManyKeys(producer)
      const { record, key } = made
      tools.log.info({ producer, madeKeyId: record.id, scopes: record.scopes, keyId }, 'key made')
      return secret(reply)
        .header('location', `/v1/keys/${record.id}`)
        .code(201)
        .send({ key, ...viewOfKey(record, undefined, tools.now()) })
    },
  )
}

function listKeys(app: Api, tools: KeyRouteTools): void {
  const { apiKeys } = tools.ledger
  app.get(
    '/v1/keys',
    {
      config: { scope: 'admin' },
      schema: {
        operationId: 'listKeys',
        summary: 'The keys of all producers, the oldest first',
        description: 'Without their secrets. A key that has ended is listed for 30 days more.',
        tags: ['keys'],
        querystring: z.strictObject({
          producer: z.string().max(63).optional().describe('Of this producer alone'),
          ...paging,
        }),
        'x-answers': withLink,
        response: {
          200: z.object({ keys: z.array(KeyView), nextCursor: NextCursor }),
          ...refusals,
        },
      },
    },
    async (request, reply) => {
      const { producer, limit } = request.query
      const { after, goOn } = openPage(request, reply, places)
      const { keys, last } = await pageOfKeys(apiKeys, { producer, after, limit })
      const usedAt = await apiKeys.usedAt(keys.map(({ id }) => id))
      return { keys: keys.map((key, i) => viewOfKey(key, usedAt[i], tools.now())), ...goOn(last) }
    },
  )
}

/** `last`: where the next page goes on, where there may be one. Keys that cannot be read are left out: they open nothing. */
async function pageOfKeys(
  apiKeys: Pick<KeyShelf, 'list'>,
  asked: { producer: string | undefined; after: KeyPlace | undefined; limit: number },
): Promise<{ keys: NumberedKey[]; last: KeyPlace | undefined }> {
  const keys: NumberedKey[] = []
  let { after } = asked
  for (;;) {
    const page = await apiKeys.list(after, asked.limit)
    for (const { place, record } of page) {
      after = place
      if (record === undefined || (asked.producer ?? record.producer) !== record.producer) continue
      keys.push(record)
      if (keys.length === asked.limit) return { keys, last: place }
    }
    if (page.length < asked.limit) return { keys, last: undefined }
  }
}

/** Where a list of keys goes on, as its cursors say it. */
const places: Places<KeyPlace> = {
  read: (text) => {
    const [, at, id] = /^(\d{1,15}) ([A-Za-z0-9]{1,64})$/.exec(text) ?? []
    return at === undefined || id === undefined ? undefined : { at: Number(at), id }
  },
  write: ({ at, id }) => `${at} ${id}`,
}

function oneKey(app: Api, tools: KeyRouteTools): void {
  app.get(
    '/v1/keys/:id',
    {
      config: { scope: 'admin' },
      schema: {
        operationId: 'readKey',
        summary: 'A key without its secret, and when it was last used',
        description: 'Its last use is known to about a minute.',
        tags: ['keys'],
        params: KeyPath,
        headers: ReadConditions,
        'x-problems': ['not-found'],
        'x-answers': withTag,
        response: { 200: KeyView, ...refusals },
      },
    },
    async (request, reply) => sendTagged(request, reply, await showKey(request.params.id, tools)),
  )
  app.delete(
    '/v1/keys/:id',
    {
      config: { scope: 'admin' },
      schema: {
        operationId: 'revokeKey',
        summary: 'Revoke a key',
        description:
          'It opens nothing from now on, in every process within 3 seconds, and its streams end. To revoke it twice is to revoke it once. After a 503 it is revoked here and may not be noted in the bucket: send it again.',
        tags: ['keys'],
        params: KeyPath,
        querystring: z.strictObject({
          successors: z
            .enum(['true', 'false'])
            .default('false')
            .describe('`true`: also the keys that came from it by rotation, as for one that was stolen'),
        }),
        'x-problems': ['not-found'],
        response: { 200: KeyView, ...refusals },
      },
    },
    async ({ params: { id }, query, keyId }) => {
      const successors = query.successors === 'true'
      const revoked = await revokeKey(id, { successors }, tools)
      if (revoked === undefined) throw noSuchKey()
      tools.log.info({ producer: revoked.producer, revokedKeyId: id, successors, keyId }, 'key revoked')
      return showKey(id, tools)
    },
  )
}
