import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Stop } from '../stop.ts'
import { readManifest } from './read-manifest.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'restyle-manifest-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function read(name: string, content: string | Buffer, imageColumn = 'image') {
  await writeFile(join(folder, name), content)
  const { rows, columns, unit } = await readManifest(join(folder, name), imageColumn)
  const simple = rows.map(({ number, cells, images, own }) => ({
    number,
    cells: Object.fromEntries(cells),
    images: images.map(({ field, address }) => `${field}=${address}`),
    own,
  }))
  return { rows: simple, columns, unit }
}

const linesOf = (reading: Promise<unknown>) =>
  reading.then(
    () => [],
    (error: unknown) => (error instanceof Stop ? error.lines : [String(error)]),
  )

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
      'text behind a quote',
      'image,t\na,"x"y\n',
      ['row 2: has text after a closing quote; a quote within quotes is written twice'],
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
    ['a column twice', 'image,t,t\na,b,c\n', ['catalog.csv: the column t is there twice']],
    [
      'no image column',
      'sku,photo\n1,a.png\n',
      [
        'catalog.csv has no column image; there are sku, photo: name the one that holds the picture with --image-column',
      ],
    ],
    ['nothing', '', ['catalog.csv has no rows']],
    ['only a header', 'image\n', ['catalog.csv has no rows']],
    ['NUL characters', 'image\na\0b\n', ['catalog.csv holds NUL characters: it is no text file']],
    [
      'Latin-1',
      Buffer.from('image,t\na.png,caf\xe9\n', 'latin1'),
      ['catalog.csv is not UTF-8: save it as "CSV UTF-8", or as UTF-8 text'],
    ],
  ])('with %s is refused', async (_what, content, lines) =>
    expect(await linesOf(read('catalog.csv', content))).toEqual(lines),
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
      'a picture that is no text',
      '{"image":["a"]}',
      ['line 1, image: Invalid input: expected string, received array'],
    ],
    [
      'a line of a megabyte',
      `{"image":"a"}\n{"image":"${'a'.repeat(1_200_000)}`,
      ['line 2: is longer than 1000000 characters'],
    ],
    ['a bomb of brackets', '['.repeat(500_000), ['line 1: is not a JSON object']],
  ])('with %s are refused', async (_what, text, lines) =>
    expect(await linesOf(read('rows.jsonl', text))).toEqual(lines),
  )
})

describe('a folder', () => {
  it('gives its pictures by name, without hidden files and others', async () => {
    for (const name of ['b.PNG', 'a.jpg', '.hidden.png', 'notes.txt', 'c.webp.part'])
      await writeFile(join(folder, name), '')
    await mkdir(join(folder, 'deeper'))
    await symlink('/etc/hostname', join(folder, 'link.png'))
    const { rows, unit } = await readManifest(folder, 'image')
    expect(unit).toBe('file')
    expect(rows.map(({ images }) => images[0]?.address)).toEqual(['a.jpg', 'b.PNG', 'link.png'])
    expect(rows.map(({ cells }) => cells.get('key'))).toEqual(['a', 'b', 'link'])
  })

  it('without pictures is refused', async () => {
    const [line] = await linesOf(readManifest(folder, 'image'))
    expect(line).toMatch(/holds no pictures \(jpg, jpeg, png, webp, bmp\)$/)
  })
})

it('refuses what is no catalog', async () => {
  expect(await linesOf(read('catalog.xlsx', 'x'))).toEqual([
    'catalog.xlsx is no catalog: give a .csv, .tsv or .jsonl file, or a folder of pictures',
  ])
  expect(await linesOf(readManifest('/nowhere/catalog.csv', 'image'))).toEqual([
    '/nowhere/catalog.csv does not exist',
  ])
})
