import { BatchFile } from '@restyle/shared/contract/batch-files'
import { CatalogName, CatalogRow } from '@restyle/shared/contract/catalog'
import { BatchView } from '@restyle/shared/contract/batch'
import {
  type EditRequestInput,
  ImageAddress,
  RowRequest,
  SingleEditRequest,
} from '@restyle/shared/contract/edit-request'
import { EditView } from '@restyle/shared/contract/edit'
import { EditState } from '@restyle/shared/contract/edit-state'
import { RestyleEvent } from '@restyle/shared/contract/event'
import { Budget } from '@restyle/shared/contract/money'
import { limits } from '@restyle/shared/contract/limits'
import { Priority } from '@restyle/shared/contract/priority'
import { Window } from '@restyle/shared/contract/window'
import { ResultView } from '@restyle/shared/contract/result'
import { text } from '@restyle/shared/contract/text'
import { z } from 'zod'
import { NextCursor } from './page.ts'
import { RequestFault } from './problem.ts'

export const requestExample = {
  prompt: 'Put the product on a light oak table, soft morning light from the left',
  images: ['https://cdn.example.com/catalog/4711.jpg'],
  size: '1280*1280',
  key: '4711',
  metadata: { sku: '4711' },
} satisfies EditRequestInput

export const imageExample = {
  index: 0,
  key: 'catalog/edit_2v8k0c9q4m6t1r3w5y7x9z0abc/4711/0.png',
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  bytes: 1_862_301,
  width: 1280,
  height: 1280,
  contentType: 'image/png',
} satisfies z.input<typeof EditView>['images'][number]

export const signedExample = 'https://images.example.com/catalog/0.png?X-Amz-Signature=…'

/** An edit as the document shows it. */
export const editExample = {
  id: 'edit_2v8k0c9q4m6t1r3w5y7x9z0abc',
  key: '4711',
  state: 'succeeded',
  model: 'wan2.5-i2i-preview',
  prompt: requestExample.prompt,
  request: { images: requestExample.images, n: 1, size: requestExample.size },
  taskId: '0385dc79-5ff8-4d82-bcb6-000000000000',
  images: [imageExample],
  cost: { currency: 'CNY', micros: 200_000 },
  metadata: { sku: '4711' },
  createdAt: '2026-03-02T21:00:00.000Z',
  updatedAt: '2026-03-02T21:01:04.512Z',
} satisfies z.input<typeof EditView>

const batch = {
  id: 'batch_7h3d5f9k1m2n4p6q8r0s2t4v6w',
  name: 'spring catalog',
  total: 3,
  priority: 5,
  counts: {
    queued: 1,
    submitting: 0,
    uncertain: 0,
    review: 0,
    running: 1,
    rendered: 0,
    succeeded: 1,
    failed: 0,
    canceled: 0,
  },
  images: 1,
  cost: { currency: 'CNY', micros: 200_000, reservedMicros: 200_000 },
  createdAt: '2026-03-02T21:00:00.000Z',
} satisfies z.input<typeof BatchView>

export const eventExample = {
  specversion: '1.0',
  id: `${editExample.id}-succeeded`,
  source: '/restyle/producers/catalog',
  type: 'restyle.edit.succeeded',
  subject: editExample.id,
  time: editExample.updatedAt,
  datacontenttype: 'application/json',
  data: editExample,
} satisfies z.input<typeof RestyleEvent>

/** A property for each state: a record would be described as any keys at all. */
const countsByState = z.object(
  Object.fromEntries(EditState.options.map((state) => [state, z.int()])) as Record<EditState, z.ZodInt>,
)

/** A source as a body may name it. */
const images = z
  .array(
    z.union([
      ImageAddress,
      z
        .string()
        .regex(/^data:image\/[a-z0-9.+-]+;base64,/)
        .describe('The picture itself: a JPEG, PNG, WebP or BMP, at most 20 MiB. It is kept as an upload is'),
    ]),
  )
  .max(limits.images)
  .describe(
    "`https://…`, `s3://bucket/key`, `sha256:<64 hex digits>` of an upload, `data:image/<format>;base64,…`, or `oss://…`: an upload to DashScope's temporary store, made for this model with the key of the lane's account; it lives for 48 hours",
  )

/** The contracts again, each with its name and an example for the OpenAPI document. */
export const RowBody = RowRequest.extend({ images }).meta({
  id: 'RowRequest',
  examples: [{ ...requestExample, columns: { sku: '4711', title: 'Mug' } }],
})
/** An edit that comes alone. */
export const SingleEditBody = SingleEditRequest.extend({ images }).meta({
  id: 'SingleEditRequest',
  examples: [requestExample],
})
export const EditAnswer = EditView.meta({ id: 'Edit', examples: [editExample] })
export const ResultAnswer = ResultView.meta({
  id: 'Result',
  examples: [{ ...editExample, sources: requestExample.images, columns: { sku: '4711', title: 'Mug' } }],
})
/** A file of a batch, and where it can be opened. */
export const FileAnswer = BatchFile.extend({
  url: z.string().describe('A signed address: whoever has it can open the file'),
  urlExpiresAt: z.iso.datetime(),
}).meta({
  id: 'File',
  examples: [
    {
      name: 'results-1.csv',
      key: 'files/batch_7h3d5f9k1m2n4p6q8r0s2t4v6w/1/results-1.csv',
      bytes: 1_204_882,
      sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      contentType: 'text/csv',
      url: 'https://images.example.com/files/results-1.csv?X-Amz-Signature=…',
      urlExpiresAt: '2026-03-02T22:00:00.000Z',
    },
  ],
})
export const BatchAnswer = BatchView.extend({ counts: countsByState }).meta({
  id: 'Batch',
  examples: [batch],
})
const [ofEdit, ofRows, ofBatch, ...ofOthers] = RestyleEvent.options
export const EventAnswer = z
  .discriminatedUnion('type', [
    ofEdit.extend({ data: EditAnswer }),
    ofRows,
    ofBatch.extend({ data: BatchAnswer }),
    ...ofOthers,
  ])
  .meta({ id: 'Event', examples: [eventExample] })

const warnings = z
  .array(RequestFault)
  .optional()
  .describe(
    'What may become of it: signed addresses that end within a day, a time by which it is not expected to be done',
  )

/** What a request that enqueued is answered with. */
export const AcceptedEdit = EditAnswer.extend({ warnings }).meta({
  id: 'AcceptedEdit',
  examples: [editExample],
})
export const AcceptedBatch = BatchAnswer.extend({ warnings }).meta({
  id: 'AcceptedBatch',
  examples: [batch],
})

const finishBy = z.iso
  .datetime({ offset: true })
  .optional()
  .describe(
    'When it should be done. The answer warns if that is not expected; the event `restyle.batch.late` tells if it is not expected any more',
  )

const budget = Budget.describe(
  'What the batch may cost. Where the next edit does not fit the batch stops, and nothing fails; PATCH /v1/batches/{id} changes it',
)

export const BatchBody = z
  .strictObject({
    name: text(limits.batchName).optional(),
    priority: Priority.optional(),
    window: Window.optional(),
    budget: budget.optional(),
    catalog: CatalogName.optional(),
    finishBy,
    edits: z.array(RowBody).min(1).max(limits.rows),
  })
  .meta({ id: 'BatchRequest', examples: [{ name: batch.name, edits: [requestExample] }] })

/** The start of a batch whose rows are sent in chunks. */
export const OpenBatchBody = z
  .strictObject({
    open: z.literal(true),
    name: text(limits.batchName).optional(),
    priority: Priority.optional(),
    window: Window.optional(),
    budget: budget.optional(),
    catalog: CatalogName.optional(),
    finishBy,
    held: z
      .boolean()
      .optional()
      .describe('Work begins when the batch is closed, and not with its first rows'),
    rowsDigest: text(128)
      .optional()
      .describe(
        'Stands for all rows, in a form of your own: the same Idempotency-Key with other rows is then a conflict before any of them is sent. It is compared with nothing else.',
      ),
  })
  .meta({ id: 'OpenBatchRequest', examples: [{ open: true, name: batch.name }] })

/** A line of the rows of a catalog. */
export const CatalogRowAnswer = CatalogRow.meta({
  id: 'CatalogRow',
  examples: [{ key: '4711', fingerprint: 'v1-2bQ', state: 'succeeded', batch: batch.id, row: 1 }],
})

/** The contract again, with its name for the document. */
export const RejectAnswer = z
  .object({
    first: z.int().describe('The row that was the next when the line came, counted from 1'),
    line: z
      .int()
      .describe('Its place in the body that it came with, counted from 1; blank lines do not count'),
    key: z.string().optional().describe('Its own key, where it could be read'),
    errors: z.array(z.object({ pointer: z.string().optional(), detail: z.string() })),
  })
  .meta({
    id: 'Reject',
    examples: [
      {
        first: 1001,
        line: 17,
        key: '4711',
        errors: [{ pointer: '/n', detail: 'n is 5; wan2.5-i2i-preview takes 1 to 4' }],
      },
    ],
  })

export const RowsAnswer = z
  .object({
    batch: z.string(),
    first: z.int().describe('The first row, counted from 1'),
    rows: z.int().describe('How many rows the batch has of what came'),
    nextRow: z.int().describe('The row after the last one'),
    rejects: z
      .array(RejectAnswer)
      .optional()
      .describe('Lines that were left out (`onFault=skip`); they are no rows and have no numbers'),
    warnings,
  })
  .meta({ id: 'Rows', examples: [{ batch: batch.id, first: 1, rows: 1000, nextRow: 1001 }] })

export const CloseBody = z
  .strictObject({
    total: z.int().min(0).max(limits.streamedRows).describe('How many rows the batch must have'),
  })
  .meta({ id: 'CloseRequest', examples: [{ total: 3 }] })

export const RejectsPage = z.object({
  rejects: z.array(RejectAnswer),
  nextCursor: NextCursor,
})

/** What a page leaves out, and why: it hides none of the others. */
export const unreadable = z
  .array(z.object({ id: z.string(), why: z.string() }))
  .optional()
  .describe(
    'Edits of this page whose records cannot be read: a newer version wrote them, or they are damaged',
  )

export const EditPage = z.object({
  edits: z.array(EditAnswer),
  unreadable,
  nextCursor: NextCursor,
})
/** Events after one cursor, up to another one, that are no longer kept. */
export const GapAnswer = z
  .object({ after: z.string(), upTo: z.string() })
  .describe('Events after `after`, up to `upTo`, are no longer kept')
  .meta({ id: 'Gap', examples: [{ after: '1772485200000-0', upTo: '1772571600000-4' }] })

export const EventPage = z.object({
  events: z.array(EventAnswer),
  cursor: z
    .string()
    .describe('Where the next page begins')
    .meta({ examples: ['1772485264512-0'] }),
  gap: GapAnswer.optional(),
})
