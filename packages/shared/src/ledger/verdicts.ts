import { z } from 'zod'
import type { Edit } from '../contract/edit.ts'
import { jsonOf } from '../contract/json-of.ts'
import { noVerdict, type Verdict, verdictByte } from '../contract/planes.ts'
import { KeptVerdict } from '../contract/verdict.ts'
import { editIdOfTake, newestFirst } from './batches.ts'
import { type Answer, joined, type LedgerContext } from './record.ts'

/** Bytes of details in a batch: about 100,000 rows that were judged one by one, or 5,000 with the longest notes. */
const mostBytes = 16 * 1024 * 1024

/** Which edit is judged; `take` counts from 1, and an edit that came alone has no batch. */
export type Judged = Pick<Edit, 'id' | 'batch' | 'row' | 'take' | 'key'>

/** What a person says of it. `by`: the id of the API key. Without a verdict an earlier one is taken back. */
export type Saying = {
  verdict: Verdict | undefined
  by: string
  note?: string
  image?: number
  redo?: string
}

/**
 * How a row, or an edit that came alone, stands. `known`: the same as a text, for `judge`, which compares it.
 */
export type Standing = { verdict: KeptVerdict | undefined; known: string }

/**
 * `same`: it was so before. `open`: it has no images. `older`: its row has a later edit. `changed`: it is not as the caller
 * knows it. `full`: the batch has as many details as it may have.
 */
export type JudgedAs = 'done' | 'same' | 'open' | 'older' | 'changed' | 'full' | 'none'

/** What persons think of results. */
export type Verdicts = {
  /** Keeps what a person thinks of an edit; with `known` only if it stands as that says. */
  judge(edit: Judged, saying: Saying, how?: { known?: string; takes?: number }): Promise<JudgedAs>
  /** How an edit stands that is the newest of its row. */
  verdictOf(edit: Judged): Promise<Standing>
  /** The verdicts of the rows of a batch from `from` on before `to`, by row, as far as they have one. */
  verdictsOf(batch: string, from: number, to: number): Promise<Map<number, KeptVerdict>>
  /** The same of some rows, which are given in their order. */
  verdictsOfRows(batch: string, rows: readonly number[]): Promise<Map<number, KeptVerdict>>
  /** The same as bytes (`verdictByte`), one for each row. */
  verdictBytes(batch: string, from: number, to: number): Promise<string>
  /** The first `limit` rows from `from` on before `to` that have this verdict, or none. */
  rowsJudged(
    batch: string,
    verdict: Verdict | 'none',
    range: { from: number; to: number; limit: number },
  ): Promise<number[]>
}

export const openVerdicts = (context: LedgerContext): Verdicts => ({
  judge: async (edit, { verdict, ...saying }, { known, takes = 1 } = {}) => {
    const { keys, run } = context
    const said = { ...saying, ...(verdict === undefined ? {} : { verdict }), known }
    if (edit.batch === '') return wordOf(await run('judge-edit', [keys.edit(edit.id)], said))
    const { id, batch, row, take = 1, key } = edit
    const later = newestFirst(takes).filter((each) => each > take)
    const names = later.map((each) => keys.edit(editIdOfTake(batch, row, each)))
    const ask = { ...said, batch, edit: id, row, take, key, mostBytes }
    return wordOf(await run('judge-row', [keys.batch(batch), ...names], ask))
  },
  verdictOf: (edit) => readStanding(context, edit),
  verdictsOf: (batch, from, to) => readVerdicts(context, batch, from, to),
  verdictsOfRows: async (batch, rows) => {
    const runs = await Promise.all(
      nearRuns(rows).map(({ from, to }) => readVerdicts(context, batch, from, to)),
    )
    return new Map(runs.flatMap((run) => [...run]))
  },
  verdictBytes: async (batch, from, to) => (await readBytes(context, batch, from, to)).toString('latin1'),
  rowsJudged: async (batch, verdict, { from, to, limit }) => {
    const wanted = (verdict === 'none' ? noVerdict : verdictByte[verdict]).charCodeAt(0)
    const rows: number[] = []
    for (let at = from; at < to && rows.length < limit; at += bytesAtOnce) {
      const bytes = await readBytes(context, batch, at, Math.min(to, at + bytesAtOnce))
      for (const [i, byte] of bytes.entries()) if (byte === wanted && rows.length < limit) rows.push(at + i)
    }
    return rows
  },
})

const bytesAtOnce = 65_536

/** Rows that are so near to one another are read together. */
const nearRows = 20

/** Rows, in their order, as ranges that hold all of them and a few between: from `from` on before `to`. */
export function nearRuns(rows: readonly number[]): { from: number; to: number }[] {
  const runs: { from: number; to: number }[] = []
  for (const row of rows) {
    const last = runs.at(-1)
    if (last === undefined || row - last.to > nearRows) runs.push({ from: row, to: row + 1 })
    else last.to = row + 1
  }
  return runs
}

const wordOf = (answer: unknown): JudgedAs => (answer as Answer)[0] as JudgedAs

/** What an operation says of all rows that it has judged. */
const ByOperation = z.object({ by: z.string(), at: z.number(), operation: z.string() })

const nameOfByte = new Map(Object.entries(verdictByte).map(([name, byte]) => [byte, name as Verdict]))

const isNamed = (byte: number | undefined): Verdict | undefined =>
  byte === undefined ? undefined : nameOfByte.get(String.fromCharCode(byte))

/** Padded to their rows. */
async function readBytes({ redis, keys }: LedgerContext, batch: string, from: number, to: number) {
  if (from >= to) return Buffer.alloc(0)
  const held = await redis.getrangeBuffer(keys.batchVerdicts(batch), from, to - 1)
  const bytes = Buffer.alloc(to - from, noVerdict)
  for (const [i, byte] of held.entries()) if (byte !== 0) bytes[i] = byte
  return bytes
}

const numberAt = (marks: Buffer, i: number): number =>
  marks.length >= 2 * i + 2 ? marks.readUInt16BE(2 * i) : 0

async function readVerdicts(
  context: LedgerContext,
  batch: string,
  from: number,
  to: number,
): Promise<Map<number, KeptVerdict>> {
  const { redis, keys } = context
  const bytes = await readBytes(context, batch, from, to)
  const judged = [...bytes].flatMap((byte, i) => {
    const verdict = isNamed(byte)
    return verdict === undefined ? [] : [{ i, verdict }]
  })
  if (judged.length === 0) return new Map()
  const [marks, retries] = await Promise.all([
    redis.getrangeBuffer(keys.verdictMarks(batch), 2 * from, 2 * to - 1),
    redis.hget(keys.batch(batch), 'retries'),
  ])
  const takes = newestFirst(Number(retries ?? 0) + 1)
  // of a row that was done again the newest edit that has details
  const namesOf = ({ i }: { i: number }): string[] => {
    const number = numberAt(marks, i)
    return number > 0 ? [`op:${number}`] : takes.map((take) => detailOf(from + i, take))
  }
  const names = [...new Set(judged.flatMap(namesOf))]
  const texts = await redis.hmget(keys.verdictDetails(batch), ...names)
  const details = new Map(names.map((name, i) => [name, texts[i] ?? undefined]))
  return new Map(
    judged.map((each) => {
      const text = namesOf(each)
        .map((name) => details.get(name))
        .find((found) => found !== undefined)
      return [from + each.i, keptOf(each.verdict, text)]
    }),
  )
}

/** A verdict whose details were lost has nobody who gave it. */
function keptOf(verdict: Verdict, text: string | undefined): KeptVerdict {
  if (text === undefined) return { verdict, by: '', at: 0 }
  const kept: unknown = JSON.parse(text)
  const byOperation = ByOperation.safeParse(kept)
  if (byOperation.success) return { verdict, ...byOperation.data }
  return { ...KeptVerdict.parse(kept), verdict }
}

const detailOf = (row: number, take: number): string => (take === 1 ? `${row}` : `${row}-${take}`)

async function readStanding(
  { redis, keys }: LedgerContext,
  { id, batch: batchId, row, take = 1 }: Judged,
): Promise<Standing> {
  if (batchId === '') {
    const known = joined(await redis.hgetall(keys.edit(id)))['verdict'] ?? ''
    return { verdict: known === '' ? undefined : jsonOf(KeptVerdict).parse(known), known }
  }
  const pipeline = redis.pipeline()
  pipeline.getrangeBuffer(keys.batchVerdicts(batchId), row, row)
  pipeline.getrangeBuffer(keys.verdictMarks(batchId), 2 * row, 2 * row + 1)
  pipeline.hget(keys.verdictDetails(batchId), detailOf(row, take))
  const [bytes, marks, detail] = ((await pipeline.exec()) ?? []).map(([error, answer]) => {
    if (error !== null) throw error
    return answer
  }) as [Buffer, Buffer, string | null]
  const byte = bytes.length === 0 || bytes[0] === 0 ? noVerdict : bytes.toString('latin1')
  const number = numberAt(marks, 0)
  const own = byte === noVerdict || number > 0 ? '' : (detail ?? '')
  const name = nameOfByte.get(byte)
  if (name === undefined) return { verdict: undefined, known: `${byte} ${number} ` }
  const text = number > 0 ? await redis.hget(keys.verdictDetails(batchId), `op:${number}`) : own
  return { verdict: keptOf(name, text || undefined), known: `${byte} ${number} ${own}` }
}
