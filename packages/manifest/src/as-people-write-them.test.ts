import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readWhole } from '../test/read-whole.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'restyle-manifest-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function read(name: string, content: string | Buffer) {
  const path = join(folder, name)
  await writeFile(path, content)
  const { manifest, faults, notes } = await readWhole(path, { imageColumn: 'image', mostRows: 10_000 })
  return {
    rows: manifest.rows.map(({ number, cells }) => [number, ...cells.values()]),
    columns: manifest.columns,
    faults: faults.map(({ where, field, detail }) => `${[where, field ?? []].flat().join(', ')}: ${detail}`),
    notes: notes.map(({ where, detail }) => `${where} ${detail}`),
  }
}

describe('a table as people write it', () => {
  it.each([
    ['a line that announces the delimiter', 'sep=;\r\nsku;image\r\n1;a.png\r\n', 2],
    ['that line after a byte order mark', '\uFEFFsep=;\nsku;image\n1;a.png\n', 2],
    ['blank lines first', '\n;\n \nsku;image\n1;a.png\n', 5],
    ['unseen signs in its header', '\uFEFF\u200Bsku;\u200Bimage\u00A0\n1;a.png\n', 2],
    ['mixed ends of lines', 'sku;image\r1;a.png\r\n', 2],
    ['ends of lines that were converted twice', 'sku;image\r\r\n1;a.png\r\r\n', 2],
    ['blank cells beyond its columns', 'sku;image\n1;a.png;;\n', 2],
    ['unseen signs around a cell', 'sku;image\n1;a.png;\n\u200B;\n', 2],
  ])('is read with %s', async (_, text, number) => {
    const { rows, columns, faults } = await read('catalog.csv', text)
    expect({ rows, columns, faults }).toEqual({
      rows: [[number, '1', 'a.png']],
      columns: ['sku', 'image'],
      faults: [],
    })
  })

  it('keeps the ends of all its lines, whatever the first one is', async () =>
    expect((await read('catalog.csv', 'image,t\n1,a\r\n2,b\n3,c\r4,d')).rows).toEqual([
      [2, '1', 'a'],
      [3, '2', 'b'],
      [4, '3', 'c'],
      [5, '4', 'd'],
    ]))

  it('with decimal commas in its header is split at its semicolons', async () =>
    expect(await read('catalog.csv', 'image;Preis (0,00);Breite (0,0)\na.png;1,50;2,0\n')).toMatchObject({
      columns: ['image', 'Preis (0,00)', 'Breite (0,0)'],
      rows: [[2, 'a.png', '1,50', '2,0']],
    }))

  it('of tabs takes an inch for what it is, and quoted cells too', async () =>
    expect(
      (await read('catalog.tsv', 'image\ttitle\na.png\tLamp 12" tall\nb.png\t"two\tlines\n"""\n')).rows,
    ).toEqual([
      [2, 'a.png', 'Lamp 12" tall'],
      [3, 'b.png', 'two\tlines\n"'],
    ]))

  it('names the row of a quote by its own count, however far the reading is', async () => {
    const lines = Array.from({ length: 6_000 }, (_, index) =>
      index + 2 === 4_000 ? 'a.png,"Lamp' : 'a.png,a lamp',
    )
    const { faults, rows } = await read('catalog.csv', `image,title\n${lines.join('\n')}\n`)
    expect(faults).toEqual(['row 4000: opens a quote that is never closed'])
    // what came before it can still be checked
    expect(rows.length).toBeLessThan(4_000)
  })

  it('written by us is read back as it was', async () =>
    expect(
      (await read('results.csv', "\uFEFFkey,image\r\n'=1,a.png\r\n-100,b.png\r\n''=2,c.png\r\n")).rows,
    ).toEqual([
      [2, '=1', 'a.png'],
      [3, '-100', 'b.png'],
      [4, "'=2", 'c.png'],
    ]))
})

describe('a table that is none', () => {
  it.each([
    [
      'of a million columns',
      `image${',x'.repeat(600_000)}\n`,
      ['catalog.csv: has 600001 columns; at most 1000 are read'],
    ],
    [
      'of a line of ten megabytes',
      `image\n${'a'.repeat(10_000_000)}`,
      ['row 2: is longer than 1000000 bytes; is a quote never closed?'],
    ],
    [
      'of ten million commas',
      `image\n${','.repeat(10_000_000)}`,
      ['line 2: is longer than 2000000 characters'],
    ],
    [
      'with half a character, which is no UTF-8,',
      Buffer.concat([Buffer.from('image,t\na,ü\nb,'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('\n')]),
      ['catalog.csv: is not UTF-8 (line 3); save it as "CSV UTF-8", or as UTF-8 text'],
    ],
  ])('%s is refused', async (_, content, faults) =>
    expect((await read('catalog.csv', content)).faults).toEqual(faults),
  )

  it('is not kept whole when every row of it is wrong', async () =>
    expect((await read('catalog.csv', `image,t\n${'a\n'.repeat(3_000)}`)).faults).toHaveLength(1_000))
})

describe('JSON lines as people write them', () => {
  it('keep the digits of a number, because it may be a name', async () =>
    expect(
      (await read('rows.jsonl', '{"sku":1234567890123456789,"price":1.10,"big":1e21,"zero":-0,"n":2}')).rows,
    ).toEqual([[1, '1234567890123456789', '1.10', '1e21', '-0', '2']]))

  it('may end in any way and begin with a mark', async () =>
    expect(
      (await read('rows.jsonl', '\uFEFF\u200B{"a":1}\r{"a":2}\r\n\n{"a":3}\r\r\n{"a":4}\r')).rows,
    ).toEqual([
      [1, '1'],
      [2, '2'],
      [4, '3'],
      [5, '4'],
    ]))

  it.each([
    [
      'half a character',
      '{"image":"a","prompt":"a \\ud83d lamp"}',
      ['line 1, prompt: holds half a character (a lone surrogate)'],
    ],
    [
      'half a character within',
      '{"image":"a","metadata":{"x":"\\udc00"}}',
      ['line 1, metadata.x: holds half a character (a lone surrogate)'],
    ],
    [
      'half a character in a name',
      '{"\\ud800":"a"}',
      ['line 1, \uFFFD: holds half a character (a lone surrogate)'],
    ],
    ['a NUL', '{"image":"a","key":"a\\u0000"}', ['line 1, key: holds a NUL character']],
    [
      'half a character in a list',
      '{"images":["a","\\ud800"]}',
      ['line 1, images.1: holds half a character (a lone surrogate)'],
    ],
    [
      'a well of lists',
      `{"x":${'['.repeat(100)}${']'.repeat(100)}}`,
      ['line 1: is nested deeper than 32 levels'],
    ],
    [
      'a crowd of fields',
      `{${Array.from({ length: 1_001 }, (_, index) => `"${index}":1`).join(',')}}`,
      ['line 1: has 1001 fields; at most 1000 are read'],
    ],
    [
      'a line of ten megabytes',
      `{"image":"${'a'.repeat(10_000_000)}"}`,
      ['line 1: is longer than 1000000 characters'],
    ],
  ])('with %s are refused', async (_, text, faults) =>
    expect((await read('rows.jsonl', text)).faults).toEqual(faults),
  )
})

describe('a folder as people keep it', () => {
  it('gives pictures by their content or their name, and names every file it leaves out', async () => {
    const jpeg = Buffer.from('\xff\xd8\xff\xe0\0\x10JFIF\0', 'latin1')
    for (const name of ['a.jfif', 'b.JPE', 'c', 'd.dat', 'e.jpg']) await writeFile(join(folder, name), jpeg)
    await writeFile(join(folder, 'f.heic'), '\0\0\0\x18ftypheic')
    await writeFile(join(folder, 'g.tiff'), 'II*\0\x08\0\0\0')
    await writeFile(join(folder, 'h.heic.jpg'), '\0\0\0\x18ftypheic')
    await writeFile(join(folder, 'i.txt'), 'words')
    await writeFile(join(folder, '.DS_Store'), 'x')
    await mkdir(join(folder, 'more', 'deep'), { recursive: true })
    await writeFile(join(folder, 'more', 'deep', 'z.jpg'), jpeg)
    await mkdir(join(folder, '.git'))
    await writeFile(join(folder, '.git', 'y.jpg'), jpeg)
    await symlink('..', join(folder, 'more', 'up'))
    const { manifest, notes } = await readWhole(folder, { imageColumn: 'image', mostRows: 100 })
    expect(manifest.rows.map(({ images }) => images[0]?.address)).toEqual([
      'a.jfif',
      'b.JPE',
      'c',
      'd.dat',
      'e.jpg',
      'h.heic.jpg',
      'more/deep/z.jpg',
    ])
    expect(manifest.rows.at(-1)?.cells).toEqual(
      new Map([
        ['key', 'more__deep__z'],
        ['file', 'more/deep/z.jpg'],
        ['folder', 'more/deep'],
      ]),
    )
    expect(notes.map(({ where, detail }) => `${where} ${detail}`)).toEqual([
      '.DS_Store is hidden',
      '.git is hidden',
      'f.heic is a HEIC file, which no model takes',
      'g.tiff is a TIFF file, which no model takes',
      'i.txt is a text file',
      'more/up is a link to a folder, and is not followed',
    ])
  })

  it('without pictures is refused, and still names what it holds', async () => {
    await writeFile(join(folder, 'a.gif'), 'GIF89a')
    const { faults, notes } = await readWhole(folder, { imageColumn: 'image', mostRows: 100 })
    expect(faults).toHaveLength(1)
    expect(notes).toEqual([{ where: 'a.gif', detail: 'is a GIF file, which no model takes' }])
  })
})
