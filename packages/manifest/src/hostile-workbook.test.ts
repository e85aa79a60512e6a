import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readPlain, sheet } from '../test/read-workbook.ts'
import { rowXml, writeWorkbook, zipOf, type WorkbookXml } from '../test/write-workbook.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'restyle-workbook-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function read(book: WorkbookXml) {
  const path = join(folder, 'catalog.xlsx')
  await writeWorkbook(path, book)
  return readPlain(path)
}

describe('a workbook that is none, or that was made to do harm,', () => {
  const megabytes = (count: number, text: string) => text.repeat((count * 1_000_000) / text.length)

  it('is refused before it fills the memory: a row of cells, a text, a tag, a tower of tags, a sheet', async () => {
    const bombs: Record<string, string> = {
      text: `<c r="A2" t="str"><v>${megabytes(60, 'aaaaaaaaaa')}</v></c>`,
      tag: `<c r="A2" t="str" x="${megabytes(60, 'aaaaaaaaaa')}"/>`,
      tower: megabytes(60, '<a>'),
      rows: megabytes(300, '<x></x>'),
    }
    for (const [name, bomb] of Object.entries(bombs)) {
      const path = join(folder, `${name}.xlsx`)
      await writeWorkbook(path, {
        sheets: [{ name: 'A', rows: `${rowXml(1, ['image'])}<row r="2">${bomb}</row>` }],
      })
      bombs[name] = ''
      global.gc?.()
      const before = process.memoryUsage.rss()
      let most = before
      const watch = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 5)
      const { faults } = await readPlain(path)
      clearInterval(watch)
      expect(faults).toEqual([
        expect.stringMatching(
          /unpacks to far more than its size|has a piece of more than|is nested deeper than/,
        ),
      ])
      expect(most - before).toBeLessThan(100_000_000)
    }
  })

  it('is refused with its name and what is wrong', async () => {
    const sheetXml = (xml: string): WorkbookXml => ({
      sheets: [{ name: 'A', rows: '' }],
      parts: { 'xl/worksheets/sheet0.xml': xml },
    })
    const cases: [WorkbookXml, RegExp][] = [
      [
        sheetXml('<worksheet><sheetData><row'),
        /^catalog\.xlsx: is damaged: its part xl\/worksheets\/sheet0\.xml is no XML/,
      ],
      [
        sheetXml('<!DOCTYPE a [<!ENTITY b "c">]><worksheet/>'),
        /^catalog\.xlsx: is damaged: its part \S+ declares a document type$/,
      ],
      [sheetXml(rowXml(3, ['image']) + rowXml(2, ['a'])), /is no XML|row 2 follows row 3/],
      [
        { sheets: [{ name: 'A', rows: rowXml(3, ['image']) + rowXml(2, ['a']) }] },
        /^catalog\.xlsx: is damaged: row 2 follows row 3$/,
      ],
      [
        { sheets: [{ name: 'A', rows: `${rowXml(1, ['image'])}<row r="2"><c r="XFD2"><v>1</v></c></row>` }] },
        /^row 2: has a cell in the column of XFD2; at most 1000 are read$/,
      ],
      [
        { ...sheet(['image']), parts: { 'xl/sharedStrings.xml': Buffer.from([0xff, 0xfe, 0x3c]) } },
        /is not UTF-8$/,
      ],
    ]
    for (const [book, fault] of cases)
      expect((await read(book)).faults).toEqual([expect.stringMatching(fault)])
  })

  it('is refused where it is another file, or says of itself what is not so', async () => {
    const path = join(folder, 'other.xlsx')
    for (const [content, fault] of [
      ['sku,image\n', /^other\.xlsx: is no \.xlsx workbook \(.*\); save it as \.xlsx or as "CSV UTF-8"$/],
      ['', /is no \.xlsx workbook/],
      [Buffer.from('d0cf11e0a1b11ae1', 'hex'), /is no \.xlsx workbook/],
      [zipOf({ 'a.txt': 'a' }), /^other\.xlsx: is no \.xlsx workbook; save it as/],
      [
        zipOf({ '_rels/.rels': 'x'.repeat(1_000) }, 10),
        /is damaged: its part _rels\/\.rels cannot be unpacked/,
      ],
    ] as const) {
      await writeFile(path, content)
      expect((await readPlain(path)).faults).toEqual([expect.stringMatching(fault)])
    }
  })
})
