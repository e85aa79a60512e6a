import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readWhole } from '../test/read-whole.ts'
import type { ReadOptions } from './catalog.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'restyle-manifest-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function read(name: string, text: string, options: Partial<ReadOptions> = {}) {
  const path = join(folder, name)
  await writeFile(path, text)
  const { manifest, faults, notes } = await readWhole(path, {
    imageColumn: 'image',
    mostRows: 1_000,
    ...options,
  })
  const line = (each: (typeof faults)[number]) =>
    `${[each.where, each.field ?? []].flat().join(', ')}: ${each.detail}`
  return {
    rows: manifest.rows.map(({ number, images, own, cells }) => ({
      number,
      images: images.map(({ address }) => address),
      own,
      cells: Object.fromEntries(cells),
    })),
    faults: faults.map(line),
    notes: notes.map(line),
  }
}

describe('a column that is called like a field', () => {
  it('asks for it in a line of JSON too, where a size may be written as people write it', async () => {
    const { rows, faults } = await read('rows.jsonl', '{"image":"a.png","size":"1280x960","n":2}\n')
    expect({ owns: rows.map(({ own }) => own), faults }).toEqual({
      owns: [{ size: '1280*960', n: 2 }],
      faults: [],
    })
  })

  it('asks for it in its row, and a blank cell leaves it to what all rows share', async () => {
    const { rows, faults, notes } = await read(
      'catalog.csv',
      [
        'image,model,N,Size,negative_prompt,seed,Prompt Extend,watermark,class,metadata.shop,Metadata.Lang',
        'a.png,wan2.5-i2i-preview,2,1280 x 960,no text,7,no,TRUE,Bulk,north,de',
        'b.png,,,,,,,,,,',
      ].join('\n'),
    )
    expect({ owns: rows.map(({ own }) => own), faults }).toEqual({
      owns: [
        {
          model: 'wan2.5-i2i-preview',
          n: 2,
          size: '1280*960',
          negativePrompt: 'no text',
          seed: 7,
          promptExtend: false,
          watermark: true,
          class: 'bulk',
          metadata: { shop: 'north', Lang: 'de' },
        },
        {},
      ],
      faults: [],
    })
    expect(notes[1]).toBe(
      'column N: is read as a field of each edit; if it is your own, say --own-column with its name',
    )
  })

  it('is refused with its row where the cell is not a value of that field', async () => {
    const text = `image,n,watermark,class,seed,metadata.note\na.png,two,maybe,fast,1.5,${'x'.repeat(513)}\nb.png,1,,,,\n`
    const { faults, rows } = await read('catalog.csv', text)
    expect(faults).toEqual([
      'row 2, n: two is not a whole number; if the column is your own, say --own-column n',
      'row 2, watermark: maybe is neither true nor false; if the column is your own, say --own-column watermark',
      'row 2, seed: 1.5 is not a whole number; if the column is your own, say --own-column seed',
      expect.stringMatching(/^row 2, class: Invalid option: .*; if the column is your own/),
      expect.stringMatching(/^row 2, metadata\.note: Too big: .*<=512 characters/),
    ])
    expect(rows.map(({ number }) => number)).toEqual([3])
  })

  it("stays the author's own where that is said", async () => {
    const { rows, notes, faults } = await read('catalog.csv', 'image,size,model\na.png,XL,Lamp 3\n', {
      ownColumns: ['Size', 'model'],
    })
    expect({ own: rows[0]?.own, notes, faults }).toEqual({ own: {}, notes: [], faults: [] })
    expect((await read('catalog.csv', 'image\na.png\n', { ownColumns: ['size'] })).faults).toEqual([
      'ownColumns: there is no column size; there are image',
    ])
    const lines = await read('rows.jsonl', '{"image":"a.png","size":"XL","model":7}\n', {
      ownColumns: ['size', 'model'],
    })
    expect(lines).toMatchObject({ rows: [{ own: {}, cells: { size: 'XL', model: '7' } }], faults: [] })
  })

  it('is refused where two columns are the same field', async () =>
    expect((await read('catalog.csv', 'image,negative,Negative Prompt\na,b,c\n')).faults).toEqual([
      'catalog.csv: has the columns negative and Negative Prompt, which are the same field; take one away',
    ]))
})

describe('an export of a shop', () => {
  const shopify = [
    'Handle,Title,Image Src,Image Position,Variant SKU,Option1 Value',
    'mug,The mug,https://a.example.com/1.jpg,1,M-1,red',
    'mug,,,,M-2,blue',
    'mug,,https://a.example.com/2.jpg,2,,',
    'cup,The cup,https://a.example.com/3.jpg,1,C-1,',
    'cup,,https://a.example.com/4.jpg,2,,',
  ].join('\n')

  it('gives its title to the rows that only add a picture, and leaves out those without one', async () => {
    const { rows, notes, faults } = await read('products.csv', shopify, {
      imageColumn: 'image src',
      inheritBy: 'handle',
      skipEmpty: true,
    })
    expect(faults).toEqual([])
    expect(rows.map(({ number, images: [image], cells }) => [number, image, cells['Title']])).toEqual([
      [2, 'https://a.example.com/1.jpg', 'The mug'],
      [4, 'https://a.example.com/2.jpg', 'The mug'],
      [5, 'https://a.example.com/3.jpg', 'The cup'],
      [6, 'https://a.example.com/4.jpg', 'The cup'],
    ])
    expect(notes).toEqual(['row 3: names no picture, and is left out'])
  })

  it('gives no picture of one row to another', async () => {
    const { rows } = await read('products.csv', shopify, { imageColumn: 'Image Src', inheritBy: 'Handle' })
    expect(rows[1]?.images).toEqual([''])
  })

  it('needs the column that rows belong together by', async () =>
    expect(
      (await read('products.csv', shopify, { imageColumn: 'Image Src', inheritBy: 'Group' })).faults,
    ).toEqual([expect.stringMatching(/^inheritBy: there is no column Group; there are Handle, Title/)]))

  it('with three rows of headers is read by the one that is named', async () => {
    const flat = [
      'TemplateType=fptcustom\tVersion=2026.1\tThe top 3 rows are for the marketplace; do not change',
      'Seller SKU\tTitle\tMain Image URL',
      'item_sku\titem_name\tmain_image_url',
      'A-1\tLamp 12" tall\thttps://a.example.com/1.jpg',
    ].join('\r\n')
    const { rows, faults } = await read('flat.txt', flat, { imageColumn: 'main_image_url', headerRow: 3 })
    expect({ rows, faults }).toMatchObject({
      rows: [{ number: 4, images: ['https://a.example.com/1.jpg'], cells: { item_name: 'Lamp 12" tall' } }],
      faults: [],
    })
    expect((await read('flat.txt', flat, { imageColumn: 'a', headerRow: 9 })).faults).toEqual([
      'headerRow: there is no row 9',
    ])
  })

  it('finds its delimiter also where the header is far below', async () => {
    const preamble = Array.from({ length: 40 }, () => `made;by,${'a machine, '.repeat(300)}`).join('\n')
    const { rows, faults } = await read('far.csv', `${preamble}\nsku;image\n1;a,1.png\n`, { headerRow: 41 })
    expect({ images: rows.map(({ images }) => images), faults }).toEqual({
      images: [['a,1.png']],
      faults: [],
    })
  })

  it('with decimal commas keeps them in their column', async () =>
    expect((await read('prices.csv', 'sku;price;image\nA1;19,90;a.jpg\n')).rows).toMatchObject([
      { cells: { sku: 'A1', price: '19,90', image: 'a.jpg' } },
    ]))
})

describe('a text file', () => {
  it('without a header has a picture in each line', async () => {
    const text = '\uFEFFhttps://a.example.com/1.png\r\n\r\nphotos/a b.jpg\nc.png, d.png\n'
    const { rows, faults } = await read('list.txt', text)
    expect({ rows: rows.map(({ number, images }) => [number, ...images]), faults }).toEqual({
      rows: [
        [1, 'https://a.example.com/1.png'],
        [3, 'photos/a b.jpg'],
        [4, 'c.png, d.png'],
      ],
      faults: [],
    })
  })

  it('with a header is a table', async () =>
    expect((await read('table.txt', 'sku\timage\n1\ta.png\n')).rows).toMatchObject([
      { number: 2, images: ['a.png'], cells: { sku: '1' } },
    ]))

  it('of words is refused', async () =>
    expect((await read('words.txt', 'one two\nthree\n')).faults).toEqual([
      'imageColumn: there is no column image; there are one two',
    ]))
})

describe('a setting that the catalog has no use for', () => {
  it.each([
    ['c.csv', { sheet: 'A' }, 'sheet: only an .xlsx file has sheets'],
    ['c.jsonl', { headerRow: 2 }, 'headerRow: only a table has a header'],
    ['c.jsonl', { inheritBy: 'a' }, 'inheritBy: only rows of a table inherit cells'],
  ])('in %s with %j is refused', async (name, options, fault) =>
    expect((await read(name, 'image\na.png\n', options)).faults).toEqual([fault]),
  )
})
