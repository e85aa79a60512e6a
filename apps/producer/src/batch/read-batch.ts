import { isUtf8 } from 'node:buffer'
import { type Fault, faultsOf } from '@restyle/shared/contract/fault'
import type { Budget } from '@restyle/shared/contract/money'
import type { Priority } from '@restyle/shared/contract/priority'
import type { Window } from '@restyle/shared/contract/window'
import { z } from 'zod'
import { type JsonReader, notUtf8 } from '../http/parse-json.ts'
import { Problem } from '../http/problem.ts'
import { BatchBody, OpenBatchBody } from '../http/schemas.ts'
import { faultInBody } from '../http/validate.ts'
import { type Blocks, openBlocks } from './blocks.ts'
import { NotJson, TooMuch } from './find-json.ts'
import { type Scanned, scanBatch } from './scan-batch.ts'

/** A batch whose edits are parsed one by one, when they are asked for: that may throw a `Problem`. */
export type ReadBatch =
  | ({ kind: 'whole'; rows: Iterable<unknown> } & Said)
  /** Its rows come in chunks. */
  | ({ kind: 'open'; held: boolean; rowsDigest?: string | undefined } & Said)

/** What is said of the whole batch. */
type Said = {
  name: string
  priority?: Priority
  catalog?: string
  window?: Window
  budget?: Budget
  finishBy?: number
}

/** The body without the insides of its edits. */
const Envelope = BatchBody.extend({ edits: z.array(z.unknown()).min(1) })

/** Reads a batch's body as it arrives, and never parses more than one edit at once. Throws a `Problem`. */
export async function readBatch(body: AsyncIterable<Buffer>, parse: JsonReader): Promise<ReadBatch> {
  const blocks = openBlocks(body)
  const scanned = await scanOrRefuse(blocks)
  const valueOf = (bytes: Buffer, where: string): unknown => {
    if (!isUtf8(bytes)) throw notUtf8()
    return parse(bytes.toString(), where)
  }
  const fields = [...scanned.fields].map(([name, bytes]) => [name, valueOf(bytes, name)])
  const { edits } = scanned
  if (scanned.fields.has('open')) return readOpening(fields, edits !== undefined)
  const rows = Array.isArray(edits) ? edits : []
  const envelope = Envelope.safeParse({
    ...Object.fromEntries(fields),
    ...(edits === undefined ? {} : { edits: Array.isArray(edits) ? edits : valueOf(edits, 'edits') }),
  })
  if (!envelope.success) throw refusal(faultsOf(envelope.error))
  return {
    kind: 'whole',
    ...saidOf(envelope.data),
    rows: (function* parsed() {
      for (const [i, bytes] of rows.entries()) yield valueOf(bytes, `edits/${i}`)
    })(),
  }
}

function readOpening(fields: unknown[][], hasEdits: boolean): ReadBatch {
  if (hasEdits)
    throw refusal([{ path: ['edits'], detail: 'edits is not known where open is: rows are sent in chunks' }])
  const opening = OpenBatchBody.safeParse(Object.fromEntries(fields))
  if (!opening.success) throw refusal(faultsOf(opening.error))
  const { held = false, rowsDigest } = opening.data
  return { kind: 'open', ...saidOf(opening.data), held, rowsDigest }
}

const saidOf = ({
  name = '',
  priority,
  catalog,
  window,
  finishBy,
  budget,
}: Pick<
  z.infer<typeof OpenBatchBody>,
  'name' | 'priority' | 'catalog' | 'window' | 'budget' | 'finishBy'
>): Said => ({
  name,
  ...(priority === undefined ? {} : { priority }),
  ...(catalog === undefined ? {} : { catalog }),
  ...(window === undefined ? {} : { window }),
  ...(budget === undefined ? {} : { budget }),
  ...(finishBy === undefined ? {} : { finishBy: Date.parse(finishBy) }),
})

/** What is refused is still read to its end: a caller that is cut off while it sends hears no answer. */
async function scanOrRefuse(blocks: Blocks): Promise<Scanned> {
  try {
    return await scanBatch(blocks)
  } catch (error) {
    if (error instanceof Problem) throw error
    const at = blocks.passed()
    await blocks.drain()
    if (error instanceof TooMuch) throw refusal([{ path: [...error.path], detail: error.message }])
    if (!(error instanceof NotJson)) throw error
    if (at === 0 && blocks.received() === 0)
      throw new Problem('malformed-request', 'The body is empty; it must be JSON.')
    const why = error.message === '' ? `it breaks after byte ${at}` : error.message
    throw new Problem('malformed-request', `The body is not JSON: ${why}.`)
  }
}

const refusal = (faults: Fault[]): Problem =>
  Problem.ofFaults(
    'invalid-request',
    faults.map((fault) => faultInBody(fault)),
  )
