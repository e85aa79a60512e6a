import { createHash } from 'node:crypto'
import type { BatchView } from '@restyle/shared/contract/batch'
import { openRowReader } from '@restyle/shared/rows/read-rows'
import { type DutyTools, fileEnded } from '@restyle/worker/files/files-duty'
import { untimed } from '@restyle/worker/hand/pulse'
import type { Redis } from 'ioredis'
import sharp from 'sharp'
import { Agent } from 'undici'
import { id, openFoldWorld } from './fold-world.ts'

/** Where the files of the one batch go. */
export const folder = `acme/${id}/`

/** Nothing answers there: the sources of these rows are on the web. */
const nowhere = () =>
  new Agent({ connect: { lookup: (_host, _options, done) => done(new Error('no network'), '', 4) } })

/** A batch whose rows a test ends, and a worker that stores its files. */
export async function openFilesWorld(redis: Redis, prefix: string) {
  const hands = openFoldWorld(redis, prefix)
  const dispatcher = nowhere()
  const picture = await sharp({ create: { width: 800, height: 600, channels: 3, background: '#c8613c' } })
    .png()
    .toBuffer()
  const tools = (more: Partial<DutyTools> = {}): DutyTools => ({
    ...hands.context,
    rows: openRowReader(hands.store),
    bucketOf: () => undefined,
    mayRead: () => false,
    dispatcher,
    keyTemplate: '{producer}/{batch}/{key}/{index}.{ext}',
    reportRows: 1_000,
    afterMs: 0,
    ...more,
  })
  return {
    ...hands,
    tools,
    /** Gives of how many batches it told. */
    file: (more: Partial<DutyTools> = {}) => fileEnded(tools(more), untimed()),
    filesOf: async () => (await hands.ledger.readBatch(id))?.files,
    objects: () => [...hands.bucket.objects.keys()].filter((key) => key.startsWith(folder)),
    textOf: (name: string) => String(hands.bucket.objects.get(`${folder}${name}`)),
    /** What was told of the batch as a whole. */
    told: async () => {
      const events = await hands.ledger.events('acme').page('0', 1_000)
      return events.flatMap(({ event }) =>
        event.type === 'restyle.batch.completed' || event.type === 'restyle.batch.stored'
          ? [{ id: event.id, files: (event.data as BatchView).files }]
          : [],
      )
    },
    /** Has the first queued row succeed, with an image in the bucket. */
    succeedWithImage: async (): Promise<void> => {
      const key = `${folder}picture-${hands.bucket.objects.size}.png`
      const sha256 = createHash('sha256').update(picture).digest('hex')
      await hands.store.putIfAbsent(key, picture, { contentType: 'image/png', sha256 })
      const stored = { key, sha256, bytes: picture.length, width: 800, height: 600, contentType: 'image/png' }
      await hands.succeed([{ index: 0, stored }])
    },
  }
}
export type FilesWorld = Awaited<ReturnType<typeof openFilesWorld>>
