import { posix } from 'node:path'
import { BrokenWorkbook } from './broken-workbook.ts'
import { builtInFormat } from './number-text.ts'
import { openParts, type Parts } from './parts.ts'
import { openTexts, type Texts } from './texts.ts'
import { workbookLimits } from './workbook-limits.ts'
import { parseXml } from './xml.ts'

/** A sheet with rows; `part` is its file. */
export type Sheet = { name: string; hidden: boolean; part: string }

/** What all sheets of a workbook share. `codeOf` gives the number format of a style; undefined where nobody knows it. */
export type Workbook = {
  sheets: readonly Sheet[]
  from1904: boolean
  texts: Texts
  codeOf: (style: number) => string | undefined
  parts: Parts
}

/** Opens a workbook: what its sheets are called, its texts and its formats. Throws `BrokenWorkbook`. Close its `parts`. */
export async function openWorkbook(path: string): Promise<Workbook> {
  const parts = await openParts(path)
  try {
    const main = ofType(await relationsOf(parts, ''), 'officeDocument')
    if (main === undefined)
      throw new BrokenWorkbook('is no .xlsx workbook; save it as .xlsx or as "CSV UTF-8"')
    const relations = await relationsOf(parts, main.target)
    const { sheets, from1904 } = await sheetsOf(parts, main.target, relations)
    const texts = await textsOf(parts, ofType(relations, 'sharedStrings')?.target)
    const codeOf = await formatsOf(parts, ofType(relations, 'styles')?.target)
    return { sheets, from1904, texts, codeOf, parts }
  } catch (error) {
    parts.close()
    throw error
  }
}

/** What a part names by an id: `type` is the last word of it; `target` a part, or an address outside. */
export type Relation = { type: string; target: string; outside: boolean }

/** The relations of a part; those of the workbook as a whole belong to ''. */
export async function relationsOf(parts: Parts, part: string): Promise<Map<string, Relation>> {
  const folder = posix.dirname(part)
  const name = posix.join(folder, '_rels', `${posix.basename(part)}.rels`)
  const relations = new Map<string, Relation>()
  if (!parts.has(name)) return relations
  await parseXml(parts.read(name), name, {
    open: (tag, { Id: id, Type: type = '', Target: target = '', TargetMode: mode }) => {
      if (tag !== 'Relationship' || id === undefined) return
      const outside = mode === 'External'
      relations.set(id, {
        type: type.slice(type.lastIndexOf('/') + 1),
        // from the root where it begins with a slash, else from the folder of the part
        target: outside ? target : posix.resolve('/', folder, target).slice(1),
        outside,
      })
    },
  })
  return relations
}

const ofType = (relations: ReadonlyMap<string, Relation>, wanted: string): Relation | undefined =>
  [...relations.values()].find(({ type }) => type === wanted)

async function sheetsOf(
  parts: Parts,
  part: string,
  relations: ReadonlyMap<string, Relation>,
): Promise<{ sheets: Sheet[]; from1904: boolean }> {
  const sheets: Sheet[] = []
  let from1904 = false
  await parseXml(parts.read(part), part, {
    open: (tag, attributes) => {
      if (tag === 'workbookPr') from1904 = isTrue(attributes['date1904'])
      if (tag !== 'sheet' || sheets.length === workbookLimits.sheets) return
      const relation = relations.get(relationId(attributes) ?? '')
      // a chart on a sheet of its own has no rows
      if (relation?.type === 'worksheet')
        sheets.push({
          name: attributes['name'] ?? '',
          hidden: (attributes['state'] ?? 'visible') !== 'visible',
          part: relation.target,
        })
    },
  })
  return { sheets, from1904 }
}

/** `r:id`, under whatever prefix. */
export const relationId = (attributes: Readonly<Record<string, string>>): string | undefined =>
  attributes['r:id'] ?? Object.entries(attributes).find(([name]) => name.endsWith(':id'))?.[1]

export const isTrue = (text: string | undefined): boolean => text === '1' || text === 'true'

/** The texts that cells name by their number. Pronunciations, which Japanese workbooks have beside them, are not a part. */
async function textsOf(parts: Parts, part: string | undefined): Promise<Texts> {
  const texts = openTexts()
  if (part === undefined || !parts.has(part)) return texts
  let [text, inText, inSound] = ['', false, false]
  await parseXml(parts.read(part), part, {
    open: (tag) => {
      if (tag === 'si') text = ''
      else if (tag === 'rPh') inSound = true
      else if (tag === 't') inText = !inSound
    },
    text: (each) => {
      if (inText) text += each
    },
    close: (tag) => {
      if (tag === 'si') texts.add(text)
      else if (tag === 'rPh') inSound = false
      else if (tag === 't') inText = false
    },
  })
  return texts
}

async function formatsOf(parts: Parts, part: string | undefined): Promise<Workbook['codeOf']> {
  const codes = new Map<number, string>()
  const styles: number[] = []
  let inCells = false
  if (part !== undefined && parts.has(part))
    await parseXml(parts.read(part), part, {
      open: (tag, { numFmtId = '0', formatCode = '' }) => {
        if (tag === 'cellXfs') inCells = true
        else if (tag === 'numFmt') codes.set(Number(numFmtId), formatCode)
        else if (tag === 'xf' && inCells) styles.push(Number(numFmtId))
      },
      close: (tag) => {
        if (tag === 'cellXfs') inCells = false
      },
    })
  return (style) => {
    const id = styles[style] ?? 0
    return codes.get(id) ?? builtInFormat(id)
  }
}
