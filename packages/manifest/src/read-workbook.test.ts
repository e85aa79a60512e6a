import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readPlain, sheet } from '../test/read-workbook.ts'
import { outside, rowXml, writeWorkbook, type WorkbookXml } from '../test/write-workbook.ts'
import type { ReadOptions } from './catalog.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'restyle-workbook-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function read(book: WorkbookXml, options?: Partial<ReadOptions>) {
  const path = join(folder, 'catalog.xlsx')
  await writeWorkbook(path, book)
  return readPlain(path, options)
}

const number = (value: string, style = 0) => `<c s="${style}"><v>${value}</v></c>`

describe('a workbook', () => {
  it('is read as it is shown: texts, fields of an edit, further pictures, numbers of rows', async () => {
    const { rows, faults } = await read({
      texts: ['<t>image</t>', '<r><t>a </t></r><r><t>mug</t></r><rPh><t>マグ</t></rPh>', '<t>x_x000D_y</t>'],
      sheets: [
        {
          name: 'A',
          rows: `<row r="3"><c r="A3" t="s"><v>0</v></c><c r="C3" t="inlineStr"><is><t>title</t></is></c><c t="inlineStr"><is><t>image2</t></is></c></row>
            <row r="5"><c r="A5" t="str"><f>B1</f><v>a.png</v></c><c r="C5" t="s"><v>1</v></c></row>
            <row r="1048576"><c r="A1048576" t="str"><v>b.png</v></c><c r="C1048576" t="s"><v>2</v></c><c r="D1048576" t="b"><v>1</v></c></row>`,
        },
      ],
    })
    expect({ rows, faults }).toEqual({
      rows: [
        { number: 5, cells: { image: 'a.png', '': '', title: 'a mug', image2: '' }, images: ['a.png'] },
        {
          number: 1_048_576,
          cells: { image: 'b.png', '': '', title: 'x\ry', image2: 'TRUE' },
          images: ['b.png', 'TRUE'],
        },
      ],
      faults: [],
    })
  })

  it('gives a number as its format shows it', async () => {
    const codes = [
      '0000000000',
      '#,##0.00',
      'yyyy\\-mm\\-dd',
      '0%',
      '&quot;SKU-&quot;000',
      '[$-407]d. mmmm yyyy',
      '@',
    ]
    const values = ['123456', '1234.5', '45000', '0.125', '7', '45000', '42']
    const { rows } = await read({
      ...sheet(
        ['image', ...codes.map((_, at) => `c${at}`), 'general'],
        ['a.png', ...values.map((value, at) => number(value, at + 1)), number('4006381333931')],
        ['b.png', ...values.map(() => ''), number('1.1000000000000001')],
      ),
      formats: codes,
    })
    expect(Object.values(rows[0]?.cells ?? {})).toEqual([
      'a.png',
      '0000123456',
      '1,234.50',
      '2023-03-15',
      '13%',
      'SKU-007',
      '15. März 2023',
      '42',
      '4006381333931',
    ])
    expect(rows[1]?.cells['general']).toBe('1.1')
  })

  it('counts days from 1904 where it says so', async () => {
    const book = { ...sheet(['image', 'day'], ['a.png', number('43538', 1)]), formats: ['yyyy-mm-dd'] }
    expect((await read({ ...book, from1904: true })).rows[0]?.cells['day']).toBe('2023-03-15')
  })

  it('says what a cell has no text for, and refuses the row only where it is needed', async () => {
    const cells = [
      [
        '<c><f>A1</f></c>',
        'is a formula without a stored value (B2); open the workbook in a spreadsheet and save it',
      ],
      ['<c t="e"><v>#N/A</v></c>', 'is the error #N/A (B2)'],
      [
        '<c t="str"><f>_xlfn.DISPIMG("ID_1",1)</f><v>=DISPIMG("ID_1",1)</v></c>',
        'is a picture within the sheet, which is not read: write its address or its file name',
      ],
      [
        '<c t="e" vm="1"><v>#VALUE!</v></c>',
        'is a picture within the sheet, which is not read: write its address or its file name',
      ],
      [
        number('1234567890123456000'),
        'is a number of more than 15 digits, of which the workbook keeps 15; format the column as text and write it again',
      ],
      [number('5', 1), 'has a number format that shows no text (;;;)'],
      ['<c t="s"><v>99</v></c>', 'names a text that the workbook lacks (B2)'],
    ]
    for (const [cell = '', detail] of cells) {
      const formats = [';;;']
      const aside = await read({ ...sheet(['image', 'note'], ['a.png', cell]), formats })
      expect(aside).toMatchObject({
        rows: [{ cells: { note: '' }, unreadable: { note: detail } }],
        faults: [],
      })
      const needed = await read({ ...sheet(['sku', 'image'], ['1', cell]), formats })
      expect(needed).toMatchObject({ rows: [], faults: [`row 2, image: ${detail}`] })
    }
  })

  it('gives the address of a link, and never its label, for a picture', async () => {
    const { rows, faults } = await read({
      sheets: [
        {
          name: 'A',
          rows: [
            rowXml(1, ['image', 'title']),
            rowXml(2, ['View', 'A mug']),
            rowXml(3, ['https://a.example.com/shown.jpg']),
            rowXml(4, ['<c t="str"><f>HYPERLINK("https://a.example.com/f.jpg","View")</f><v>View</v></c>']),
            rowXml(5, ['<c t="str"><f>HYPERLINK(C5,"View")</f><v>View</v></c>']),
            rowXml(6, ['View']),
            rowXml(7, [
              '<c t="e" vm="1"><f>_xlfn.IMAGE("https://a.example.com/i.jpg")</f><v>#VALUE!</v></c>',
            ]),
          ].join(''),
          behind: `<hyperlinks><hyperlink ref="A2" r:id="x"/><hyperlink ref="B2" r:id="y"/><hyperlink ref="A3" r:id="y"/>
            <hyperlink ref="A6" location="Sheet2!A1"/></hyperlinks>`,
          relations: `${outside('x', 'https://a.example.com/1.jpg?a=1&amp;b=2')}${outside('y', 'https://b.example.com/')}`,
        },
      ],
    })
    expect(rows.map(({ images: [image], cells }) => [image, cells['title']])).toEqual([
      ['https://a.example.com/1.jpg?a=1&b=2', 'A mug'],
      ['https://a.example.com/shown.jpg', ''],
      ['https://a.example.com/f.jpg', ''],
      ['https://a.example.com/i.jpg', ''],
    ])
    expect(faults).toEqual(
      [5, 6].map(
        (row) =>
          `row ${row}, image: is a link whose address the sheet does not have; write the address itself`,
      ),
    )
  })

  it('reads hidden rows and says so', async () => {
    const { rows, notes } = await read({
      sheets: [
        { name: 'A', rows: rowXml(1, ['image']) + rowXml(2, ['a.png'], 'hidden="1"') + rowXml(3, ['b.png']) },
      ],
    })
    expect({ numbers: rows.map((row) => row.number), notes }).toEqual({
      numbers: [2, 3],
      notes: ['row 2: is hidden in the sheet, and is read all the same'],
    })
  })

  it('reads the sheet that is not hidden, or the one that is named, and asks where there are several', async () => {
    const rows = (name: string) => rowXml(1, ['image']) + rowXml(2, [`${name}.png`])
    const sheets = [
      { name: 'Old', state: 'hidden', rows: rows('old') },
      { name: 'Products', rows: rows('products') },
      { name: 'Lists', state: 'veryHidden', rows: rows('lists') },
    ]
    const imagesOf = async (all: typeof sheets, name?: string) => {
      const result = await read({ sheets: all }, name === undefined ? {} : { sheet: name })
      return [...result.rows.flatMap(({ images }) => images), ...result.faults]
    }
    expect(await imagesOf(sheets)).toEqual(['products.png'])
    expect(await imagesOf(sheets, 'old')).toEqual(['old.png'])
    expect(await imagesOf([...sheets, { name: 'More', rows: rows('more') }])).toEqual([
      'sheet: catalog.xlsx has 2 sheets: Products, More; name one of them',
    ])
    expect(await imagesOf(sheets, 'Neu')).toEqual([
      'sheet: there is no sheet Neu; there are Old, Products, Lists',
    ])
    expect(await imagesOf(sheets.filter(({ state }) => state !== undefined))).toEqual([
      'sheet: catalog.xlsx has no sheet that is not hidden; name one of them: Old, Lists',
    ])
  })

  it('refuses the cells of a merged area but the first, and none with an empty key', async () => {
    const { rows, faults } = await read({
      sheets: [
        {
          name: 'A',
          rows: [
            rowXml(1, ['sku', 'image', 'title']),
            rowXml(2, ['1', 'a.png', 'both']),
            rowXml(3, ['', 'b.png', '']),
            rowXml(4, ['2', 'c.png', 'one']),
            rowXml(5, ['3', '', '']),
          ].join(''),
          behind:
            '<mergeCells><mergeCell ref="C2:C3"/><mergeCell ref="A2:A3"/><mergeCell ref="A5:B5"/></mergeCells>',
        },
      ],
    })
    expect(rows.map((row) => [row.number, row.unreadable])).toEqual([
      [2, undefined],
      [
        3,
        {
          sku: 'is merged with A2; give each row a cell of its own',
          title: 'is merged with C2; give each row a cell of its own',
        },
      ],
      [4, undefined],
    ])
    expect(faults).toEqual(['row 5, image: is merged with A5; give each row a cell of its own'])
  })

  it('with many blank rows costs no more than those that hold something', async () => {
    const blank = Array.from(
      { length: 50_000 },
      (_, at) => `<row r="${at + 3}"><c r="A${at + 3}" s="1"/></row>`,
    )
    const { rows } = await read({
      sheets: [{ name: 'A', rows: rowXml(1, ['image']) + rowXml(2, ['a.png']) + blank.join('') }],
    })
    expect(rows).toHaveLength(1)
  })

  it('of another program is read too: prefixes, no numbers of rows and cells, no styles', async () => {
    const x = 'xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    const { rows, faults } = await read({
      sheets: [{ name: 'A', rows: '' }],
      parts: {
        'xl/styles.xml': '<x/>',
        'xl/worksheets/sheet0.xml': `<x:worksheet ${x}><x:sheetData><x:row><x:c t="str"><x:v>image</x:v></x:c><x:c t="str"><x:v>n</x:v></x:c></x:row>
          <x:row><x:c t="str"><x:v>a.png</x:v></x:c><x:c><x:v>2</x:v></x:c></x:row></x:sheetData><x:mergeCells/></x:worksheet>`,
      },
    })
    expect({ rows, faults }).toMatchObject({
      rows: [{ number: 2, images: ['a.png'], cells: { n: '2' } }],
      faults: [],
    })
  })
})
