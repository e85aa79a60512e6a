import { dirname } from 'node:path'
import { z } from 'zod'
import { EditRequest } from '@restyle/shared/contract/edit-request'
import { faultLines, type Fault } from '../show/fault-lines.ts'
import { Stop } from '../stop.ts'
import type { ImageCell, Manifest, Row } from './manifest.ts'
import { readText } from './read-text.ts'

const LONGEST_LINE = 1_000_000

const Line = z.looseObject({
  image: z.string().optional(),
  images: z.array(z.string()).optional(),
})

const { shape } = EditRequest

/** The fields of an edit request as a row may hold them: without defaults, which are the command's. */
const Own = z.object({
  model: z.string().exactOptional(),
  n: z.int().exactOptional(),
  prompt: shape.prompt.exactOptional(),
  negativePrompt: shape.negativePrompt.unwrap().exactOptional(),
  size: shape.size.unwrap().exactOptional(),
  seed: shape.seed.unwrap().exactOptional(),
  promptExtend: shape.promptExtend.unwrap().exactOptional(),
  watermark: shape.watermark.unwrap().exactOptional(),
  metadata: shape.metadata.unwrap().exactOptional(),
})

/** One object per line: `image` or `images`, fields of an edit request, and any other column for the template. */
export async function readJsonLines(path: string, imageColumn: string): Promise<Manifest> {
  const faults: Fault[] = []
  const rows: Row[] = []
  const columns = new Set<string>()
  let number = 0
  for await (const text of lines(path)) {
    number += 1
    if (text.trim() === '') continue
    const read = readLine(number, text, imageColumn)
    if ('faults' in read) faults.push(...read.faults)
    else {
      rows.push(read.row)
      for (const column of read.row.cells.keys()) columns.add(column)
    }
  }
  if (faults.length > 0) throw new Stop('input', faultLines(faults))
  return { unit: 'line', folder: dirname(path), columns: [...columns], rows }
}

async function* lines(path: string): AsyncGenerator<string> {
  let rest = ''
  let number = 1
  for await (const text of readText(path)) {
    const parts = (rest + text).split(/\r?\n/)
    rest = parts.pop() ?? ''
    yield* parts
    number += parts.length
    if (rest.length > LONGEST_LINE)
      throw new Stop('input', [`line ${number}: is longer than ${LONGEST_LINE} characters`])
  }
  if (rest !== '') yield rest
}

function readLine(number: number, text: string, imageColumn: string): { row: Row } | { faults: Fault[] } {
  const where = `line ${number}`
  const object = objectOf(text)
  if (object === undefined) return { faults: [{ where, detail: 'is not a JSON object' }] }
  const line = Line.safeParse(object)
  const own = Own.safeParse(object)
  const issues = [...(line.error?.issues ?? []), ...(own.error?.issues ?? [])]
  if (!line.success || !own.success)
    return { faults: issues.map(({ path, message }) => ({ where, field: path.join('.'), detail: message })) }
  const cells = new Map(Object.entries(object).flatMap(([name, value]) => cellOf(name, value)))
  return { row: { number, cells, images: imagesOf(line.data, cells, imageColumn), own: own.data } }
}

function objectOf(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** What a template can write; lists and objects are no text. */
function cellOf(name: string, value: unknown): [string, string][] {
  return ['string', 'number', 'boolean'].includes(typeof value) ? [[name, String(value)]] : []
}

function imagesOf(
  { images }: z.infer<typeof Line>,
  cells: ReadonlyMap<string, string>,
  imageColumn: string,
): ImageCell[] {
  if (images !== undefined && images.length > 0)
    return images.map((address, index) => ({ field: `images/${index}`, address: address.trim() }))
  return [{ field: imageColumn, address: (cells.get(imageColumn) ?? '').trim() }]
}
