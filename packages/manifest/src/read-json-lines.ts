import { z } from 'zod'
import { catalogLimits } from './catalog-limits.ts'
import type { Catalog } from './catalog.ts'
import { faultOfText, trimCell } from './clean-text.ts'
import { shown, type ImageCell, type ManifestFault, type RowItem } from './manifest.ts'
import { linesOfText } from './lines-of-text.ts'
import { OwnOptions } from './own-options.ts'
import { readText } from './read-text.ts'
import { Unfit } from './unfit.ts'
import { asNumbers, readWrittenObject, textsOf, WrittenNumber } from './written-json.ts'

const { jsonLineCharacters, columns: mostFields, depth: deepest } = catalogLimits

const Pictures = z.looseObject({
  image: z.string().optional(),
  images: z.array(z.string()).optional(),
})

/**
 * One object per line: `image` or `images`, the fields of an edit request, and any other column for the template.
 * Throws `Unfit` where it cannot read on.
 */
export async function* readJsonLines(catalog: Catalog): AsyncGenerator<RowItem> {
  let number = 0
  for await (const text of lines(catalog.path)) {
    number += 1
    if (trimCell(text) !== '') yield* itemsOf(number, trimCell(text), catalog)
  }
}

/** The lines of a file, none of them longer than this one row may be. */
const lines = (path: string): AsyncGenerator<string> =>
  linesOfText(readText(path), (length, number) => {
    if (length > jsonLineCharacters)
      throw new Unfit(`line ${number}`, `is longer than ${jsonLineCharacters} characters`)
  })

function itemsOf(number: number, text: string, { imageColumn, ownColumns = [] }: Catalog): RowItem[] {
  const where = `line ${number}`
  const faulty = (fault: Omit<ManifestFault, 'where'>): RowItem => ({
    kind: 'fault',
    fault: { where, ...fault },
    row: { number, cells: new Map(), written: text },
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
  const own = OwnOptions.safeParse(without(plain, ownColumns))
  if (!pictures.success || !own.success) {
    const issues = [...(pictures.error?.issues ?? []), ...(own.error?.issues ?? [])]
    return issues
      .slice(0, 10)
      .map(({ path, message }) => faulty({ field: shown(path.join('.')), detail: message }))
  }
  const cells = new Map(Object.entries(object).flatMap(([name, value]) => cellOf(name, value)))
  const images = imagesOf(pictures.data.images, cells, imageColumn)
  return [{ kind: 'row', row: { number, cells, images, own: own.data, written: text } }]
}

/** Fields that are the author's own are no fields of the edit, whatever they are called. */
const without = (fields: unknown, own: readonly string[]): unknown =>
  own.length === 0
    ? fields
    : Object.fromEntries(Object.entries(Object(fields)).filter(([name]) => !own.includes(name)))

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
