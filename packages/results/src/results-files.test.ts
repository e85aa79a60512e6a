import { strFromU8, unzipSync } from 'fflate'
import { openColumnNames } from './column-names.ts'
import { csvHeader, csvLine, escapeCell } from './csv.ts'
import { type ResultRow, unreadableRow } from './result-row.ts'
import { ownHeads, tableColumns } from './table.ts'
import { nameOf, xlsxOf } from './xlsx.ts'

const rowOf = (more: Partial<ResultRow> = {}): ResultRow => ({
  id: 'batch_1-0',
  row: 0,
  key: 'mug',
  state: 'succeeded',
  prompt: 'on white',
  images: [{ index: 0, key: 'shop/batch_1/mug/0.png', sha256: 'ab12' }],
  cost: { currency: 'CNY', micros: 200_000 },
  sources: ['sha256:ff'],
  ...more,
})

describe('the table', () => {
  it('has its columns in the order that is promised', () => {
    expect(ownHeads.join(',')).toBe(
      'key,state,image_1_key,image_2_key,image_3_key,image_4_key,sha256,cost,currency,error_code,error_message,row,edit,source,prompt',
    )
  })

  it('has each image in its own place, what went wrong, and the row counted from 1', () => {
    const images = [
      { index: 1, key: 'b.png', sha256: 'bb' },
      { index: 0, failure: { code: 'X', message: 'y' } },
    ]
    const failure = { code: 'Odd', message: 'no, "never"' }
    const cost = { currency: 'CNY', micros: 220_177 }
    const sources = ['https://a.test/1.png', 's3://b/2.png']
    const columns = tableColumns([])
    expect(csvLine(rowOf({ key: '=mug', images, failure, cost, sources, row: 6 }), columns)).toBe(
      `'=mug,succeeded,,b.png,,,bb,0.220177,CNY,Odd,"no, ""never""",7,batch_1-0,"https://a.test/1.png | s3://b/2.png",on white\r\n`,
    )
  })

  it("has the catalog's own columns, also those that are called like ours", () => {
    const names = openColumnNames()
    names.add({ sku: 'A', state: 'new', 'a,b': '1' })
    names.add(undefined)
    names.add({ sku: 'B', __proto__x: '' })
    const columns = tableColumns(names.names())
    expect(csvHeader(columns)).toMatch(/,prompt,sku,catalog_state,"a,b",__proto__x\r\n$/)
    expect(csvLine(rowOf({ columns: { state: 'new', sku: '-12.50' } }), columns)).toMatch(
      /,on white,-12\.50,new,,\r\n$/,
    )
    expect(csvLine(rowOf(), columns)).toMatch(/,on white,,,,\r\n$/)
  })

  it('takes no more columns than a table can have, and says so', () => {
    const names = openColumnNames()
    for (let i = 0; i < 301; i += 1) names.add({ [`c${i}`]: '' })
    expect(names.names()).toHaveLength(300)
    expect(names.isCut()).toBe(true)
  })

  it('has addresses where they were asked for', () => {
    const images = [
      { index: 0, key: 'k', url: 'https://s3.test/k?X', urlExpiresAt: '2026-03-03T00:00:00.000Z' },
    ]
    const columns = tableColumns([], { links: true })
    expect(csvHeader(columns)).toContain(',image_1_url,image_2_url,image_3_url,image_4_url,urls_until')
    expect(csvLine(rowOf({ images }), columns)).toMatch(
      /,https:\/\/s3.test\/k\?X,,,,2026-03-03T00:00:00.000Z\r\n$/,
    )
  })

  it('has a line for a row whose record cannot be read', () => {
    const line = csvLine(
      unreadableRow({ id: 'batch_1-7', row: 7, key: 'cup', why: 'damaged' }),
      tableColumns([]),
    )
    expect(line).toBe('cup,unreadable,,,,,,0.00,CNY,Unreadable,damaged,8,batch_1-7,,\r\n')
  })
})

it.each([
  ['mug', 'mug'],
  ['a,b', '"a,b"'],
  ['say "hi"', '"say ""hi"""'],
  ['two\nlines', '"two\nlines"'],
  ['=1+1', "'=1+1"],
  ['+49', '+49'],
  ['-100', '-100'],
  ['-12.50', '-12.50'],
  ['-A1', "'-A1"],
  ['+49 30', "'+49 30"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', '"\'\t=1"'],
  ['a;=1', '"a;=1"'],
  ['\r=1', '"\'\r=1"'],
  ['=HYPERLINK("x","y")', '"\'=HYPERLINK(""x"",""y"")"'],
])('the cell %j is written %j', (text, cell) => expect(escapeCell(text)).toBe(cell))

describe('a workbook', () => {
  const bytesOf = async (rows: Iterable<ResultRow>, catalog: string[] = []) => {
    const pieces: Uint8Array[] = []
    for await (const piece of xlsxOf(tableColumns(catalog), rows)) pieces.push(piece)
    return Buffer.concat(pieces)
  }
  const sheetOf = async (rows: Iterable<ResultRow>, catalog: string[] = []) =>
    strFromU8(unzipSync(await bytesOf(rows, catalog))['xl/worksheets/sheet1.xml'] ?? new Uint8Array())

  it('holds text as text and money as numbers, and nothing that runs', async () => {
    const sheet = await sheetOf(
      [rowOf({ key: '=HYPERLINK("http://x")', columns: { size: '0042' } })],
      ['size'],
    )
    expect(sheet).toContain('<c r="A1" t="inlineStr" s="1"><is><t xml:space="preserve">key</t></is></c>')
    expect(sheet).toContain(
      '<c r="A2" t="inlineStr"><is><t xml:space="preserve">=HYPERLINK("http://x")</t></is></c>',
    )
    expect(sheet).toContain('<c r="H2"><v>0.20</v></c>')
    expect(sheet).toContain('<c r="P2" t="inlineStr"><is><t xml:space="preserve">0042</t></is></c>')
    expect(sheet).not.toMatch(/<f>|<hyperlink/)
  })

  it('cuts what a cell cannot hold, with a mark and through no character', async () => {
    const sheet = await sheetOf([rowOf({ prompt: `${'x'.repeat(32_759)}🙂${'y'.repeat(10)}` })])
    const [, text = ''] = /<c r="O2"[^>]*><is><t xml:space="preserve">([^<]*)</.exec(sheet) ?? []
    expect(text).toBe(`${'x'.repeat(32_759)}… (cut)`)
    expect(text.length).toBeLessThanOrEqual(32_767)
  })

  it('leaves out what XML cannot hold, and escapes the rest', async () => {
    const sheet = await sheetOf([rowOf({ prompt: 'a\u0000\u001b<b>&\r\n_x0041_ \ud800', key: '橡木' })])
    expect(sheet).toContain('a&lt;b&gt;&amp;&#13;\n_x005F_x0041_ \ufffd')
    expect(sheet).toContain('橡木')
  })

  it('names columns as sheets do', () =>
    expect([0, 25, 26, 701, 702].map(nameOf)).toEqual(['A', 'Z', 'AA', 'ZZ', 'AAA']))

  it('is written while its rows come, and holds nothing of them', async () => {
    let given = 0
    function* many() {
      for (; given < 10_000; given += 1)
        yield rowOf({ row: given, key: `sofa-${given}`, prompt: `a ${given} `.repeat(20) })
    }
    let first: number | undefined
    let bytes = 0
    for await (const piece of xlsxOf(tableColumns([]), many())) {
      bytes += piece.length
      if (bytes > 20_000) first ??= given
    }
    expect(first).toBeLessThan(3_000)
    expect(given).toBe(10_000)
  })
})
