import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ManifestFault } from './manifest.ts'
import { openManifest } from './open-manifest.ts'
import { readWhole } from '../test/read-whole.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'restyle-manifest-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function read(name: string, content: string | Buffer, imageColumn = 'image') {
  await writeFile(join(folder, name), content)
  return readSimple(join(folder, name), imageColumn)
}

/** A catalog with plain objects for maps, or the lines of its faults. */
async function readSimple(path: string, imageColumn = 'image', mostRows = 10) {
  const { manifest, faults, notes } = await readWhole(path, { imageColumn, mostRows })
  const { rows, columns, unit } = manifest
  const simple = rows.map(({ number, cells, images, own }) => ({
    number,
    cells: Object.fromEntries(cells),
    images: images.map(({ field, address }) => `${field}=${address}`),
    own,
  }))
  const line = ({ where, field, detail }: ManifestFault) =>
    `${[where, field ?? []].flat().join(', ')}: ${detail}`
  return { rows: simple, columns, unit, faults: faults.map(line), notes: notes.map(line) }
}

describe('a table', () => {
  it('is read as RFC 4180 with a byte order mark, quotes, breaks in cells and CRLF', async () => {
    const text = '\uFEFFsku,image,title\r\n1,a.png,"a ""big"" mug,\nred"\r\n2, b.png ,plain\r\n'
    const { rows, columns, unit } = await read('catalog.csv', text)
    expect({ columns, unit }).toEqual({ columns: ['sku', 'image', 'title'], unit: 'row' })
    expect(rows).toEqual([
      {
        number: 2,
        cells: { sku: '1', image: 'a.png', title: 'a "big" mug,\nred' },
        images: ['image=a.png'],
        own: {},
      },
      { number: 3, cells: { sku: '2', image: ' b.png ', title: 'plain' }, images: ['image=b.png'], own: {} },
    ])
  })

  it.each([
    ['catalog.csv', 'sku;image\n1;a.png\n'],
    ['catalog.csv', 'sku|image\n1|a.png\n'],
    ['catalog.tsv', 'sku\timage\n1\ta.png\n'],
  ])('is read as %s from %j', async (name, text) =>
    expect((await read(name, text)).rows).toMatchObject([{ cells: { sku: '1', image: 'a.png' } }]),
  )

  it('skips blank rows and still counts them', async () => {
    const { rows } = await read('catalog.csv', 'image,t\n\na.png,1\n,\nb.png,2\n')
    expect(rows.map(({ number }) => number)).toEqual([3, 5])
  })

  it('takes more pictures from numbered columns, under any name and case', async () => {
    const { rows } = await read('catalog.csv', 'Photo,photo2,photo3\na.png,,c.png\n', 'photo')
    expect(rows[0]?.images).toEqual(['Photo=a.png', 'photo3=c.png'])
  })

  it.each([
    ['a quote never closed', 'image\n"a.png\nb.png\n', ['row 2: opens a quote that is never closed']],
    [
      'a quote never closed far below',
      `image\n${'a\n'.repeat(5)}"`,
      ['row 7: opens a quote that is never closed'],
    ],
    [
      'text after a quote',
      'image,t\na,"x"y\n',
      ['row 2: has text after a closing quote; write a quote within quotes twice'],
    ],
    [
      'a quote in a bare cell',
      'image,t\na,x"y\n',
      ['row 2: has a quote inside a cell without quotes; quote the cell and double the quote'],
    ],
    [
      'a record of a megabyte',
      `image\n${'a'.repeat(1_000_002)}\n`,
      ['row 2: is longer than 1000000 bytes; is a quote never closed?'],
    ],
    [
      'rows of other lengths',
      'image,t\na\nb,c\nd,e,f\n',
      ['row 2: has 1 cells, the header has 2', 'row 4: has 3 cells, the header has 2'],
    ],
    ['a column twice', 'image,t,t\na,b,c\n', ['catalog.csv: has the column t twice']],
    [
      'no image column',
      'sku,photo\n1,a.png\n',
      ['imageColumn: there is no column image; there are sku, photo'],
    ],
    ['nothing', '', ['catalog.csv: has no rows']],
    ['only a header', 'image\n', ['catalog.csv: has no rows']],
    [
      'NUL characters',
      'image\na\0b\n',
      ['catalog.csv: holds NUL characters (line 2); it is not a text file'],
    ],
    [
      'Latin-1',
      Buffer.from('image,t\na.png,caf\xe9\n', 'latin1'),
      ['catalog.csv: is not UTF-8 (line 2); save it as "CSV UTF-8", or as UTF-8 text'],
    ],
  ])('with %s is refused', async (_what, content, lines) =>
    expect((await read('catalog.csv', content)).faults).toEqual(lines),
  )
})

describe('JSON lines', () => {
  it('hold requests and columns for the template', async () => {
    const { rows, columns, unit } = await read(
      'rows.jsonl',
      '\uFEFF{"key":"a","image":"a.png","title":"mug","price":12,"tags":["x"]}\r\n\n{"images":["b.png","c.png"],"prompt":"own","n":2,"seed":7}',
    )
    expect({ unit, columns }).toEqual({
      unit: 'line',
      columns: ['key', 'image', 'title', 'price', 'prompt', 'n', 'seed'],
    })
    expect(rows).toMatchObject([
      { number: 1, cells: { title: 'mug', price: '12' }, images: ['image=a.png'], own: {} },
      { number: 3, images: ['images/0=b.png', 'images/1=c.png'], own: { prompt: 'own', n: 2, seed: 7 } },
    ])
  })

  it.each([
    ['half an object', '{"image":', ['line 1: is not a JSON object']],
    [
      'other values',
      '{"image":"a"}\n[1]\n"x"',
      ['line 2: is not a JSON object', 'line 3: is not a JSON object'],
    ],
    [
      'a field of another type',
      '{"image":"a","n":"two"}',
      ['line 1, n: Invalid input: expected number, received string'],
    ],
    [
      'a picture that is not text',
      '{"image":["a"]}',
      ['line 1, image: Invalid input: expected string, received array'],
    ],
    [
      'a line of a megabyte',
      `{"image":"a"}\n{"image":"${'a'.repeat(1_200_000)}`,
      ['line 2: is longer than 1000000 characters'],
    ],
    ['a bomb of brackets', '['.repeat(500_000), ['line 1: is nested deeper than 32 levels']],
  ])('with %s are refused', async (_what, text, lines) =>
    expect((await read('rows.jsonl', text)).faults).toEqual(lines),
  )
})

describe('a folder', () => {
  it('gives its pictures by name, without hidden files and others', async () => {
    for (const name of ['b.PNG', 'a.jpg', '.hidden.png', 'notes.txt', 'c.webp.part'])
      await writeFile(join(folder, name), '')
    await mkdir(join(folder, 'deeper'))
    await symlink('/etc/hostname', join(folder, 'link.png'))
    const { rows, unit } = await readSimple(folder)
    expect(unit).toBe('file')
    expect(rows.map(({ images }) => images[0])).toEqual(['image=a.jpg', 'image=b.PNG', 'image=link.png'])
    expect(rows.map(({ cells }) => cells['key'])).toEqual(['a', 'b', 'link'])
  })

  it('without pictures is refused', async () => {
    const { faults } = await readSimple(folder)
    expect(faults).toEqual([
      expect.stringMatching(
        /^restyle-manifest-.*: holds no pictures that a model takes \(JPEG, PNG, WebP, BMP\)$/,
      ),
    ])
  })
})

it('refuses what is not a catalog', async () => {
  expect((await read('catalog.ods', 'x')).faults).toEqual([
    'catalog.ods: is not a catalog; give a .csv, .tsv, .txt, .xlsx or .jsonl file, or a folder of pictures',
  ])
  expect((await readSimple('/nowhere/catalog.csv')).faults).toEqual(['/nowhere/catalog.csv: does not exist'])
})

it('refuses more rows than are wanted, without reading them', async () => {
  await writeFile(join(folder, 'rows.jsonl'), '{"image":"a"}\n'.repeat(3) + 'not read any more')
  expect((await readSimple(join(folder, 'rows.jsonl'), 'image', 2)).faults).toEqual([
    'rows.jsonl: has more than 2 rows; split it',
  ])
  expect((await readSimple(join(folder, 'rows.jsonl'), 'image', 3)).faults).toEqual([
    'line 4: is not a JSON object',
  ])
})

it('gives rows one by one as they are asked for', async () => {
  await writeFile(join(folder, 'catalog.csv'), 'image\na.png\nb.png\n')
  const opened = await openManifest({ path: join(folder, 'catalog.csv'), imageColumn: 'image' })
  if (opened.kind === 'unfit') throw new Error(opened.fault.detail)
  const seen: unknown[] = []
  for await (const item of opened.items) seen.push(item.kind === 'row' ? item.row.number : item)
  expect({ folder: opened.folder, seen }).toEqual({ folder, seen: [2, 3] })
})
