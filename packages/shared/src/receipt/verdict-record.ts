import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { z } from 'zod'
import type { BatchVerdicts, KeptVerdict } from '../contract/verdict.ts'
import { verdictsKey, verdictsPrefix } from '../object-key.ts'
import type { Store } from '../store/store.ts'

/*
 * What persons think of results, for a Redis that loses all it knows. A record has all verdicts of a batch as they were then, or
 * that of an edit that came alone; the newest counts. Records are written some minutes after a verdict has changed.
 */

const VerdictRecord = z.object({
  v: z.literal(1),
  retries: z.int(),
  bytes: z.string(),
  /** Base64. */
  marks: z.string(),
  details: z.record(z.string(), z.string()),
  /** Of an edit that came alone, as the ledger keeps it; '' where it was taken back. */
  verdict: z.string().optional(),
})
type VerdictRecord = z.infer<typeof VerdictRecord>

type Reads = {
  ledger: {
    allVerdicts(batch: string): Promise<BatchVerdicts>
    read(id: string): Promise<{ verdict?: KeptVerdict | undefined } | undefined>
  }
  store: Pick<Store, 'putIfAbsent'>
}

/** Writes how the verdicts of a batch, or of an edit that came alone, stand. `now`: epoch ms. */
export async function writeVerdicts(id: string, { ledger, store }: Reads, now: number): Promise<void> {
  await put(store, verdictsKey(id, now), await recordOf(id, ledger))
}

async function recordOf(id: string, ledger: Reads['ledger']): Promise<VerdictRecord> {
  if (id.startsWith('batch_')) {
    const { bytes, marks, details, retries } = await ledger.allVerdicts(id)
    return { v: 1, retries, bytes: bytes.toString('latin1'), marks: marks.toString('base64'), details }
  }
  const verdict = (await ledger.read(id))?.verdict
  const text = verdict === undefined ? '' : JSON.stringify(verdict)
  return { v: 1, retries: 0, bytes: '', marks: '', details: {}, verdict: text }
}

async function put(store: Reads['store'], key: string, record: VerdictRecord): Promise<void> {
  const bytes = await promisify(gzip)(Buffer.from(JSON.stringify(record)))
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  await store.putIfAbsent(key, bytes, { contentType: 'application/gzip', sha256 })
}

/** The newest record that can be read; undefined where there is none. `said` hears of one that cannot. */
export async function newestVerdicts(
  store: Pick<Store, 'list' | 'get'>,
  id: string,
  said: (key: string, error: unknown) => void,
): Promise<(BatchVerdicts & { verdict: string }) | undefined> {
  const keys: string[] = []
  for await (const { key } of store.list(verdictsPrefix(id))) keys.push(key)
  for (const key of keys.toReversed()) {
    try {
      const packed = await store.get(key)
      if (packed === undefined) continue
      const text = (await promisify(gunzip)(packed)).toString()
      const { bytes, marks, details, retries, verdict = '' } = VerdictRecord.parse(JSON.parse(text))
      return {
        bytes: Buffer.from(bytes, 'latin1'),
        marks: Buffer.from(marks, 'base64'),
        details,
        retries,
        verdict,
      }
    } catch (error) {
      const isDamaged = error instanceof z.ZodError || error instanceof SyntaxError || isBadGzip(error)
      if (!isDamaged) throw error
      said(key, error)
    }
  }
  return undefined
}

const isBadGzip = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')
