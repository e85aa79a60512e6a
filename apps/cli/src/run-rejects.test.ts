import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { batchOf, startFakeWorld } from '../test/fake-world.ts'

let world: Awaited<ReturnType<typeof startFakeWorld>>
beforeEach(async () => {
  world = await startFakeWorld()
  world.answer = () => batchOf(1, { queued: 1 })
})
afterEach(() => world.close())

const sent = () => {
  const post = world.seen.find(({ method }) => method === 'POST')
  return (JSON.parse(post?.body.toString() ?? '{}') as { edits?: { key: string }[] }).edits ?? []
}
const run = (...args: string[]) => world.restyle(['run', ...args, '-p', 'a {{title}}', '--no-wait'])
const rejects = async (name: string) => (await readFile(join(world.folder, name), 'utf8')).split('\r\n')

const a = 'https://a.example.com/a.png'
const table = [
  'sku,image,title,n,price',
  `1,${a},mug,1,"1,50"`,
  `2,gone.png,cup,9,2`,
  `3,${a},jug`,
  `4,${a},,1,=1+1`,
  `5,${a},pot,two,"a
b"`,
  `1,${a},lid,1,4`,
  `6,${a},pan,1,5`,
].join('\n')

describe('faulty rows', () => {
  it('are reason enough to send none', async () => {
    await world.write('c.csv', table)
    const { exitCode, stderr } = await run('c.csv')
    expect({ exitCode, sent: sent(), files: await readdir(world.folder) }).toEqual({
      exitCode: 2,
      sent: [],
      files: ['c.csv'],
    })
    expect(stderr).toContain('row 7, sku: 1 is the key of row 2 already')
  })

  it('are left out with --skip-faulty, and are in a file with their rows and what is wrong', async () => {
    await world.write('c.csv', table)
    const { exitCode, stderr } = await run('c.csv', '--skip-faulty')
    expect({ exitCode, keys: sent().map(({ key }) => key) }).toEqual({ exitCode: 0, keys: ['1', '6'] })
    expect(stderr).toContain(
      'left out 5 faulty rows: they are in c.csv.rejects.csv, with the reasons\n' +
        'correct them there, and run that file as you ran the catalog, by its name: ' +
        'restyle run c.csv.rejects.csv --catalog c.csv\n',
    )
    expect(await rejects('c.csv.rejects.csv')).toEqual([
      '\uFEFFrow,field,reason,sku,image,title,n,price',
      '3,n; image,n is 9; wan2.5-i2i-preview takes 1 to 4; gone.png does not exist,2,gone.png,cup,9,2'
        .replace('n is 9; wan2.5-i2i-preview takes 1 to 4; gone.png does not exist', (text) => `"${text}"`)
        .replace('n; image', '"n; image"'),
      `4,,"has 3 cells, the header has 5",3,${a},jug,,`,
      `5,prompt,{{title}} is empty in this row,4,${a},,1,'=1+1`,
      `6,n,"two is not a whole number; if the column is your own, say --own-column n",5,${a},pot,two,"a\nb"`,
      `7,sku,1 is the key of row 2 already,1,${a},lid,1,4`,
      '',
    ])
  })

  it('are written in a dry run too, mended there, and run from there', async () => {
    await world.write('c.csv', table)
    const dry = await run('c.csv', '--skip-faulty', '--dry-run')
    expect(dry.stdout).toContain('2 edits')
    const mended = (await rejects('c.csv.rejects.csv'))
      .map((line) => line.replace('cup,9', 'cup,2').replace('gone.png,cup', `${a},cup`))
      .join('\r\n')
    await world.write('c.csv.rejects.csv', mended)
    await run('c.csv.rejects.csv', '--skip-faulty')
    expect(sent()).toMatchObject([
      { key: '2', n: 2, columns: { title: 'cup', price: '2' } },
      // the cells that it lacked were written as blank ones
      { key: '3', n: 1 },
      // this time it is alone
      { key: '1', columns: { title: 'lid' } },
    ])
    expect((await rejects('c.csv.rejects.csv.rejects.csv'))[0]).toBe(
      '\uFEFFrow,field,reason,sku,image,title,n,price',
    )
  })

  it('of JSON lines that cannot be read are there as they are', async () => {
    await world.write(
      'c.jsonl',
      `{"image":"${a}","title":"mug","key":"k"}\n{"image":\n{"image":"${a}","n":"2"}\n`,
    )
    const { stderr } = await run('c.jsonl', '--skip-faulty')
    expect(stderr).toContain('left out 2 faulty lines')
    expect((await readFile(join(world.folder, 'c.jsonl.rejects.jsonl'), 'utf8')).split('\n')).toEqual([
      '{"line":2,"reason":"is not a JSON object","text":"{\\"image\\":"}',
      expect.stringContaining(`{"line":3,"field":"n","reason":"Invalid input`),
      '',
    ])
  })

  it('of a catalog without keys stay the same rows: their numbers are the keys in the file', async () => {
    await world.write('c.csv', `image,title,n\n${a},mug,1\n${a},cup,9\n${a},jug\n${a},pan,1\n`)
    await run('c.csv', '--skip-faulty')
    expect(sent().map(({ key }) => key)).toEqual(['2', '5'])
    const lines = await rejects('c.csv.rejects.csv')
    expect(lines[0]).toBe('\uFEFFrow,field,reason,key,image,title,n')
    await world.write('c.csv.rejects.csv', lines.join('\r\n').replace('cup,9', 'cup,1'))
    world.seen.length = 0
    world.catalog = {
      open: [],
      rows: [{ key: '2', fingerprint: 'v1-x', state: 'succeeded', batch: 'b', row: 0 }],
    }
    const { stdout } = await run('c.csv.rejects.csv', '--catalog', 'c.csv')
    expect(stdout).not.toContain('not in the catalog any more')
    expect(sent()).toMatchObject([
      { key: '3', columns: { title: 'cup' } },
      { key: '4', columns: { title: 'jug' } },
    ])
  })

  it('of JSON lines keep their lists and digits, and are run from there', async () => {
    await world.write(
      'c.jsonl',
      `{"image":"${a}","title":"mug"}\n{"images":["${a}","${a}"],"title":1.10,"n":9,"metadata":{"shop":"x"}}\n`,
    )
    await run('c.jsonl', '--skip-faulty')
    const name = 'c.jsonl.rejects.jsonl'
    const text = await readFile(join(world.folder, name), 'utf8')
    expect(text).toContain('"key":"2","images":')
    await world.write(name, text.replace('"n":9', '"n":1'))
    world.seen.length = 0
    await run(name, '--catalog', 'c.jsonl')
    expect(sent()).toMatchObject([
      { key: '2', prompt: 'a 1.10', images: [a, a], metadata: { shop: 'x' }, columns: { line: '2' } },
    ])
  })

  it('of a folder are its pictures, and are run from there', async () => {
    world.answer = ({ method }, response) => {
      if (method === 'HEAD') response.writeHead(404)
      return method === 'PUT' ? { image: 'sha256:x' } : batchOf(1, { queued: 1 })
    }
    await mkdir(join(world.folder, 'photos/more'), { recursive: true })
    await world.draw('photos/good.png')
    await world.write('photos/more/bad.png', Buffer.from('no picture'))
    const { stderr } = await world.restyle(['run', 'photos', '-p', 'x', '--skip-faulty', '--no-wait'])
    expect(stderr).toContain('left out 1 faulty file: they are in photos.rejects.csv')
    expect((await rejects('photos.rejects.csv')).at(-2)).toMatch(
      /^image,.*,photos\/more\/bad.png,more__bad,more\/bad.png,more$/,
    )
    await world.draw('photos/more/bad.png', 500)
    world.seen.length = 0
    await world.restyle(['run', 'photos.rejects.csv', '-p', 'x', '--catalog', 'photos', '--no-wait'])
    expect(sent()).toMatchObject([{ key: 'more__bad' }])
  })

  it('keep columns of their own that are called like ours', async () => {
    await world.write('c.csv', `sku,image,title,reason,Row\n1,${a},mug,old,7\n2,gone.png,cup,"new",8\n`)
    await run('c.csv', '--skip-faulty')
    expect(await rejects('c.csv.rejects.csv')).toEqual([
      '\uFEFFrejected_row,field,rejected_reason,sku,image,title,reason,Row',
      '3,image,gone.png does not exist,2,gone.png,cup,new,8',
      '',
    ])
  })

  it('are shown where no other is left, and nothing is written', async () => {
    await world.write('c.csv', 'sku,image,title\n1,gone.png,mug\n')
    const { exitCode, stderr } = await run('c.csv', '--skip-faulty')
    expect({ exitCode, stderr, files: await readdir(world.folder) }).toEqual({
      exitCode: 2,
      stderr: 'c.csv: 1 error, so nothing is sent\nrow 2, image: gone.png does not exist\n',
      files: ['c.csv'],
    })
  })

  it('are no excuse for a file that cannot be read to its end', async () => {
    await world.write('c.csv', `sku,image,title\n1,${a},mug\n2,gone.png,"cup\n`)
    const { exitCode, stderr } = await run('c.csv', '--skip-faulty')
    expect({ exitCode, stderr, sent: sent(), files: await readdir(world.folder) }).toEqual({
      exitCode: 2,
      stderr: 'c.csv: 1 error, so nothing is sent\nrow 3: opens a quote that is never closed\n',
      sent: [],
      files: ['c.csv'],
    })
  })

  it('may be more than are shown, and their pictures are not looked at again', async () => {
    const rows = Array.from(
      { length: 3_000 },
      (_, index) => `${index},${index % 2 === 0 ? a : 'gone.png'},mug`,
    )
    await world.write('c.csv', `sku,image,title\n${rows.join('\n')}\n`)
    world.answer = ({ url }) => (url.includes('/rows/') ? { rows: 1_500 } : batchOf(1_500, { queued: 1_500 }))
    const { exitCode, stderr } = await run('c.csv', '--skip-faulty', '--dry-run')
    expect({ exitCode, first: stderr.split('\n')[0] }).toEqual({
      exitCode: 0,
      first: 'left out 1500 faulty rows: they are in c.csv.rejects.csv, with the reasons',
    })
    expect(await rejects('c.csv.rejects.csv')).toHaveLength(1_502)
  })
})
