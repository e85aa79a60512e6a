import { type BatchFile, FileList } from '@restyle/shared/contract/batch-files'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { Store } from '@restyle/shared/store/store'
import { openTurns } from '@restyle/shared/turns'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { refusals } from '../http/openapi.ts'
import { readOwnBatch } from '../http/own.ts'
import { FileAnswer } from '../http/schemas.ts'
import { linkSeconds } from './sign-images.ts'

type Needs = { ledger: Pick<Ledger, 'readBatch'>; store: Pick<Store, 'get' | 'presignGet'> }

const Files = z
  .object({
    state: z
      .enum(['open', 'pending', 'stored'])
      .describe('`open`: the batch has not ended; `pending`: its files are being written'),
    results: z.object({ csv: z.array(FileAnswer), jsonl: z.array(FileAnswer), xlsx: z.array(FileAnswer) }),
    report: z.array(FileAnswer).describe('Empty where the batch has more rows than reports are made of'),
  })
  .meta({ id: 'Files' })

const none = { results: { csv: [], jsonl: [], xlsx: [] }, report: [] }

/** The results and the report of a batch that has ended, as files that can be opened. */
export function fileRoutes(app: Api, { ledger, store }: Needs): void {
  app.get(
    '/v1/batches/:id/files',
    {
      config: { scope: 'edits:read' },
      schema: {
        operationId: 'listFiles',
        summary: 'Results and report of a batch that has ended, with signed addresses',
        description:
          'They are written soon after the batch has ended, and once more when rows that were retried have; the event `restyle.batch.stored` tells when. All parts of a table are of one batch, each with the names of the columns.',
        tags: ['batches'],
        params: z.object({ id: z.string() }),
        querystring: z.strictObject({
          seconds: z.coerce
            .number()
            .int()
            .min(linkSeconds.least)
            .max(linkSeconds.most)
            .default(3600)
            .describe('After how long the addresses end'),
        }),
        'x-problems': ['not-found'],
        response: { 200: Files, ...refusals },
      },
    },
    async ({ params, query, producer }) => {
      const { files } = await readOwnBatch(params.id, producer, { ledger })
      if (files === undefined) return { state: 'open' as const, ...none }
      if (files.state === 'pending') return { state: 'pending' as const, ...none }
      const list = FileList.parse(JSON.parse(String(await store.get(files.list))))
      const sign = signer(store, query.seconds)
      const { csv, jsonl, xlsx } = list.results
      return {
        state: 'stored' as const,
        results: { csv: await sign(csv), jsonl: await sign(jsonl), xlsx: await sign(xlsx) },
        report: await sign(list.report),
      }
    },
  )
}

function signer(store: Needs['store'], seconds: number) {
  const turn = openTurns()
  const urlExpiresAt = new Date(Date.now() + seconds * 1000).toISOString()
  return async (files: readonly BatchFile[]) => {
    const signed = []
    for (const file of files) {
      await turn()
      signed.push({ ...file, url: await store.presignGet(file.key, seconds), urlExpiresAt })
    }
    return signed
  }
}
