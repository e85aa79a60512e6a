import { isUtf8 } from 'node:buffer'
import { BatchBody } from '../http/schemas.ts'
import { type Fault, faultsOf } from '@restyle/shared/contract/fault'
import { z } from 'zod'
import { explainJson, type JsonReader, notUtf8 } from '../http/parse-json.ts'
import { Problem } from '../http/problem.ts'
import { faultInBody } from '../http/validate.ts'
import { scanBatch, type Span } from './scan-batch.ts'

/** A batch whose edits are parsed one by one, when they are asked for: that may throw a `Problem`. */
export type ReadBatch = { name: string; rows: Iterable<unknown> }

/** The body without the insides of its edits. */
const Envelope = BatchBody.extend({ edits: z.array(z.unknown()).min(1) })

/** Reads the bytes of a batch's body without ever parsing more than one edit at once. Throws a `Problem`. */
export async function readBatch(body: Buffer, parse: JsonReader): Promise<ReadBatch> {
  if (!isUtf8(body)) throw notUtf8()
  const scanned = await scanBatch(body)
  if (scanned.kind === 'broken') throw brokenAt(body, scanned.at)
  if (scanned.kind === 'unfit') throw refusal([{ path: [...scanned.path], detail: scanned.detail }])

  const valueOf = (span: Span): unknown => {
    const text = body.toString('utf8', span.from, span.to)
    return parse(text, () => textBefore(body, span.from).length)
  }
  const { edits } = scanned
  const rows = Array.isArray(edits) ? edits : undefined
  const envelope = Envelope.safeParse({
    ...Object.fromEntries([...scanned.fields].map(([name, span]) => [name, valueOf(span)])),
    ...(edits === undefined ? {} : { edits: Array.isArray(edits) ? edits : valueOf(edits) }),
  })
  if (!envelope.success) throw refusal(faultsOf(envelope.error))
  return {
    name: envelope.data.name ?? '',
    rows: (function* parseEach() {
      for (const span of rows ?? []) yield valueOf(span)
    })(),
  }
}

const refusal = (faults: Fault[]): Problem =>
  Problem.ofFaults(
    'invalid-request',
    faults.map((fault) => faultInBody(fault)),
  )

const textBefore = (body: Buffer, at: number): string => body.toString('utf8', 0, at)

function brokenAt(body: Buffer, at: number): Problem {
  if (body.length === 0) return new Problem('malformed-request', explainJson(''))
  const detail =
    at >= body.length
      ? 'The body is not JSON: it ends too early.'
      : `The body is not JSON: it breaks at character ${textBefore(body, at).length}.`
  return new Problem('malformed-request', detail)
}
