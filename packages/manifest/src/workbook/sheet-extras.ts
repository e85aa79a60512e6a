import { areaOf, type Area } from './cell-place.ts'
import { BrokenWorkbook } from './broken-workbook.ts'
import { relationId, relationsOf } from './open-workbook.ts'
import type { Parts } from './parts.ts'
import { workbookLimits } from './workbook-limits.ts'
import { parseXml } from './xml.ts'

/** What stands behind the rows of a sheet and is about them: merged areas, and links by the cell (`B7`). */
export type SheetExtras = { merges: readonly Area[]; links: ReadonlyMap<string, string> }

const { links: mostLinks, merges: mostMerges, sheetBytes } = workbookLimits

/** Reads what stands behind the rows, and passes them over. A link within the workbook has no address: ''. */
export async function readExtras(parts: Parts, part: string): Promise<SheetExtras> {
  const merges: Area[] = []
  const named: { reference: string; id: string | undefined }[] = []
  await parseXml(behindRows(parts.read(part, sheetBytes)), part, {
    open: (tag, attributes) => {
      const reference = attributes['ref'] ?? ''
      const area = tag === 'mergeCell' ? areaOf(reference) : undefined
      if (area !== undefined) merges.push(area)
      if (tag === 'hyperlink') named.push({ reference, id: relationId(attributes) })
      if (merges.length > mostMerges) throw tooMany(`${mostMerges} merged areas`)
      if (named.length > mostLinks) throw tooMany(`${mostLinks} links`)
    },
  })
  if (named.length === 0) return { merges, links: new Map() }
  const relations = await relationsOf(parts, part)
  const links = new Map<string, string>()
  for (const { reference, id } of named) {
    const relation = relations.get(id ?? '')
    // a link over several cells is rare, and its first cell has the text
    links.set(reference.split(':')[0] ?? '', relation?.outside === true ? relation.target : '')
  }
  return { merges, links }
}

const tooMany = (what: string): BrokenWorkbook =>
  new BrokenWorkbook(`has more than ${what}; save it as "CSV UTF-8"`)

const endOfRows = /<\/(?:(\w+):)?sheetData\s*>|<(?:(\w+):)?sheetData\s*\/>/

/** The XML behind the rows, within a root of its own. Looked for as bytes: parsing a million rows twice would take minutes. */
async function* behindRows(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let before = ''
  let found = false
  for await (const piece of bytes) {
    if (found) {
      yield piece
      continue
    }
    // as latin1 each byte is one character
    const text = before + piece.toString('latin1')
    const match = endOfRows.exec(text)
    if (match === null) {
      before = text.slice(-100)
      continue
    }
    found = true
    const prefix = match[1] ?? match[2]
    yield Buffer.from(`<${prefix === undefined ? '' : `${prefix}:`}worksheet>`)
    yield Buffer.from(text.slice(match.index + match[0].length), 'latin1')
  }
  if (!found) yield Buffer.from('<worksheet/>')
}
