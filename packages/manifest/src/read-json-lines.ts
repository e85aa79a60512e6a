import { z } from 'zod'
import { catalogLimits } from './catalog-limits.ts'
import { faultOfText, trimCell } from './clean-text.ts'
import { shown, type ImageCell, type ManifestFault, type RowItem } from './manifest.ts'
import { readText } from './read-text.ts'
import { Unfit } from './unfit.ts'
import { asNumbers, readWrittenObject, textsOf, WrittenNumber } from './written-json.ts'

const { jsonLineCharacters, columns: mostFields, depth: deepest } = catalogLimits

const Pictures = z.looseObject({
  image: z.string().optional(),
  images: z.array(z.string()).optional(),
})

/** What a row may ask for itself: the fields of `POST /v1/edits` without their defaults, which all rows share. */
export const OwnOptions = z.object({
  model: z.string().max(64).exactOptional(),
  n: z.int().exactOptional(),
  prompt: z.string().max(10_000).exactOptional(),
  negativePrompt: z.string().max(10_000).exactOptional(),
  size: z.string().max(20).exactOptional(),
  seed: z.int().exactOptional(),
  promptExtend: z.boolean().exactOptional(),
  watermark: z.boolean().exactOptional(),
  class: z.enum(['interactive', 'standard', 'bulk']).exactOptional(),
  metadata: z.record(z.string().max(64), z.string().max(512)).meta({ maxProperties: 50 }).exactOptional(),
})

/**
 * One object per line: `image` or `images`, the fields of an edit request, and any other column for the template.
 * Throws `Unfit` where it cannot read on.
 */
export async function* readJsonLines(path: string, imageColumn: string): AsyncGenerator<RowItem> {
  let number = 0
  for await (const text of lines(path)) {
    number += 1
    if (trimCell(text) !== '') yield* itemsOf(number, trimCell(text), imageColumn)
  }
}

async function* lines(path: string): AsyncGenerator<string> {
  let rest = ''
  let number = 1
  for await (const text of readText(path)) {
    // a carriage return may be half of the end of a line
    const parts = (rest + text).split(/\r?\r\n|\n|\r(?!\r?$)/)
    rest = parts.pop() ?? ''
    yield* parts
    number += parts.length
    if (rest.length > jsonLineCharacters)
      throw new Unfit(`line ${number}`, `is longer than ${jsonLineCharacters} characters`)
  }
  if (rest !== '') yield rest
}

function itemsOf(number: number, text: string, imageColumn: string): RowItem[] {
  const where = `line ${number}`
  const faulty = (fault: Omit<ManifestFault, 'where'>): RowItem => ({
    kind: 'fault',
    fault: { where, ...fault },
  })
  const written = readWrittenObject(text, deepest)
  if (written.kind === 'fault') return [faulty({ detail: written.detail })]
  const { object } = written
  if (Object.keys(object).length > mostFields)
    return [faulty({ detail: `has ${Object.keys(object).length} fields; at most ${mostFields} are read` })]
  const broken = [...textsOf(object)].flatMap(({ field, text: each }) => {
    const detail = faultOfText(each)
    return detail === undefined ? [] : [faulty({ field: shown(field).toWellFormed(), detail })]
  })
  if (broken.length > 0) return broken.slice(0, 10)
  const plain = asNumbers(object)
  const pictures = Pictures.safeParse(plain)
  const own = OwnOptions.safeParse(plain)
  if (!pictures.success || !own.success) {
    const issues = [...(pictures.error?.issues ?? []), ...(own.error?.issues ?? [])]
    return issues
      .slice(0, 10)
      .map(({ path, message }) => faulty({ field: shown(path.join('.')), detail: message }))
  }
  const cells = new Map(Object.entries(object).flatMap(([name, value]) => cellOf(name, value)))
  const images = imagesOf(pictures.data.images, cells, imageColumn)
  return [{ kind: 'row', row: { number, cells, images, own: own.data } }]
}

/** What a template can write; lists and objects are not text. */
function cellOf(name: string, value: unknown): [string, string][] {
  if (value instanceof WrittenNumber) return [[name, value.text]]
  return ['string', 'boolean'].includes(typeof value) ? [[name, String(value)]] : []
}

function imagesOf(
  images: readonly string[] | undefined,
  cells: ReadonlyMap<string, string>,
  imageColumn: string,
): ImageCell[] {
  if (images !== undefined && images.length > 0)
    return images.map((address, index) => ({ field: `images/${index}`, address: trimCell(address) }))
  return [{ field: imageColumn, address: trimCell(cells.get(imageColumn) ?? '') }]
}
