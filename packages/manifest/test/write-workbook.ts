import { writeFile } from 'node:fs/promises'
import { crc32, deflateRawSync } from 'node:zlib'

/** A sheet by the XML of its rows; `behind` is what follows them, `relations` what that names. */
type SheetXml = { name: string; state?: string; rows: string; behind?: string; relations?: string }

/** A workbook as the XML of its parts. `formats`: the code of each style from 1; style 0 is General. */
export type WorkbookXml = {
  sheets: readonly SheetXml[]
  texts?: readonly string[]
  formats?: readonly string[]
  from1904?: boolean
  /** Instead of, or beside, the parts that are written. */
  parts?: Readonly<Record<string, string | Buffer>>
}

const main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
const r = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
const type = (name: string) =>
  `Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/${name}"`
const relations = (xml: string) =>
  `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${xml}</Relationships>`

/** Writes a workbook as its XML says; nobody checks it. */
export async function writeWorkbook(path: string, book: WorkbookXml): Promise<void> {
  const { sheets, texts = [], formats = [], from1904 = false } = book
  const parts: Record<string, string | Buffer> = {
    '_rels/.rels': relations(`<Relationship Id="a" ${type('officeDocument')} Target="xl/workbook.xml"/>`),
    'xl/workbook.xml': `<workbook ${main} ${r}><workbookPr date1904="${from1904 ? 1 : 0}"/><sheets>${sheets
      .map(({ name, state = 'visible' }, at) => `<sheet name="${name}" state="${state}" r:id="s${at}"/>`)
      .join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': relations(
      `${sheets
        .map((_, at) => `<Relationship Id="s${at}" ${type('worksheet')} Target="worksheets/sheet${at}.xml"/>`)
        .join('')}<Relationship Id="t" ${type('sharedStrings')} Target="/xl/sharedStrings.xml"/>
        <Relationship Id="f" ${type('styles')} Target="styles.xml"/>`,
    ),
    'xl/sharedStrings.xml': `<sst ${main}>${texts.map((text) => `<si>${text}</si>`).join('')}</sst>`,
    'xl/styles.xml': `<styleSheet ${main}><numFmts>${formats
      .map((code, at) => `<numFmt numFmtId="${200 + at}" formatCode="${code}"/>`)
      .join('')}</numFmts><cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>${formats
      .map((_, at) => `<xf numFmtId="${200 + at}"/>`)
      .join('')}</cellXfs></styleSheet>`,
  }
  for (const [at, sheet] of sheets.entries()) {
    parts[`xl/worksheets/sheet${at}.xml`] =
      `<?xml version="1.0" encoding="UTF-8"?><worksheet ${main} ${r}><sheetData>${sheet.rows}</sheetData>${sheet.behind ?? ''}</worksheet>`
    if (sheet.relations !== undefined)
      parts[`xl/worksheets/_rels/sheet${at}.xml.rels`] = relations(sheet.relations)
  }
  await writeFile(path, zipOf({ ...parts, ...book.parts }))
}

/** An archive of files, each deflated. `claim`: says of each that it is so large, whatever it is. */
export function zipOf(files: Readonly<Record<string, string | Buffer>>, claim?: number): Buffer {
  const local: Buffer[] = []
  const central: Buffer[] = []
  let offset = 0
  for (const [name, content] of Object.entries(files)) {
    const bytes = Buffer.from(content)
    const packed = deflateRawSync(bytes)
    const facts = Buffer.alloc(26)
    facts.writeUInt16LE(20, 0)
    facts.writeUInt16LE(8, 4)
    facts.writeUInt32LE(crc32(bytes), 10)
    facts.writeUInt32LE(packed.length, 14)
    facts.writeUInt32LE(claim ?? bytes.length, 18)
    facts.writeUInt16LE(Buffer.byteLength(name), 22)
    const record = Buffer.concat([Buffer.from('PK\x03\x04'), facts, Buffer.from(name), packed])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    central.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\0'), facts, tail, Buffer.from(name)]))
    local.push(record)
    offset += record.length
  }
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(central.length, 4)
  end.writeUInt16LE(central.length, 6)
  end.writeUInt32LE(directory.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...local, directory, Buffer.from('PK\x05\x06'), end])
}

/** A relation to an address outside of the workbook. */
export const outside = (id: string, target: string): string =>
  `<Relationship Id="${id}" ${type('hyperlink')} Target="${target}" TargetMode="External"/>`

/** Cells of a row: a text, or XML as it is. */
export const rowXml = (number: number, cells: readonly string[], more = ''): string =>
  `<row r="${number}" ${more}>${cells
    .map((cell, at) =>
      cell.startsWith('<')
        ? cell.replace('<c', `<c r="${String.fromCharCode(65 + at)}${number}"`)
        : cell === ''
          ? ''
          : `<c r="${String.fromCharCode(65 + at)}${number}" t="inlineStr"><is><t>${cell}</t></is></c>`,
    )
    .join('')}</row>`
