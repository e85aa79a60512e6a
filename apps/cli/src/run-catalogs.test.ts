import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { batchOf, problem, startFakeWorld } from '../test/fake-world.ts'

let world: Awaited<ReturnType<typeof startFakeWorld>>
beforeEach(async () => {
  world = await startFakeWorld()
})
afterEach(() => world.close())

/** What was asked for, as it was sent. */
const sent = () => {
  const post = world.seen.find(({ method }) => method === 'POST')
  return JSON.parse(post?.body.toString() ?? 'null') as {
    edits: { key: string; prompt: string; images: string[]; columns?: object }[]
  }
}
const run = (...args: string[]) => world.restyle(['run', ...args, '--no-wait'])

describe('a catalog of addresses', () => {
  beforeEach(() => {
    world.answer = () => batchOf(1, { queued: 1 })
  })

  it('is sent as its author means them', async () => {
    const cells = [
      '"https://a.example.com/1.png, https://a.example.com/2.png"',
      '"https://a.example.com/1.png\nhttps://a.example.com/2.png"',
      'HTTPS://A.example.com/红 1.png',
      '//cdn.example.com/1.png?a=1&amp;b=2',
      'S3://Bucket/Key.png',
    ]
    await world.write('c.csv', `image\n${cells.join('\n')}\n`)
    const { exitCode, stderr } = await run('c.csv', '-p', 'x')
    expect(sent().edits.map(({ images }) => images)).toEqual([
      ['https://a.example.com/1.png', 'https://a.example.com/2.png'],
      ['https://a.example.com/1.png', 'https://a.example.com/2.png'],
      ['https://a.example.com/%E7%BA%A2%201.png'],
      ['https://cdn.example.com/1.png?a=1&b=2'],
      ['s3://Bucket/Key.png'],
    ])
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: 'note: row 2, row 3, image: names 2 pictures; all are sources of the one edit\n',
    })
  })

  it('is refused with the row where a cell names more than the model takes, or what no address is', async () => {
    const many = Array.from({ length: 4 }, (_, index) => `https://a.example.com/${index}.png`).join('|')
    const over = 'https://a.example.com/1.png?X-Amz-Date=20260301T000000Z&X-Amz-Expires=60&X-Amz-Signature=a'
    await world.write(
      'c.csv',
      `image\n${many}\n${over}\nwww.example.com/a.png\nhttps://a.example.com/a #1.jpg\n<https://a.example.com/a.png>\n`,
    )
    const { exitCode, stderr } = await run('c.csv', '-p', 'x')
    expect(stderr.trimEnd().split('\n')).toEqual([
      'c.csv: 5 errors, so nothing is sent',
      'row 2, images: is 4; wan2.5-i2i-preview takes 1 to 3',
      `row 3, image: ${over} is signed, and its time was over at 2026-03-01T00:01:00.000Z`,
      'row 4, image: www.example.com/a.png does not exist; if it is an address, it begins with https://',
      'row 5, image: https://a.example.com/a #1.jpg holds a #, which ends an address; write %23 where it is a part of the name',
      'row 6, image: <https://a.example.com/a.png> does not exist; if it is an address, it begins with https://',
    ])
    expect({ exitCode, seen: world.seen }).toEqual({ exitCode: 2, seen: [] })
  })

  it('is sent with a warning where a signature ends within hours', async () => {
    await world.write('c.csv', 'image\nhttps://a.example.com/1.png?Expires=1772492400&Signature=a\n')
    const { exitCode, stderr } = await run('c.csv', '-p', 'x')
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr:
        'note: row 2, image: is signed until 2026-03-02T23:00:00.000Z: the edit must have its turn within 1h59m\n',
    })
  })
})

describe('a catalog of pictures', () => {
  it('names each broken picture before any is uploaded, in a dry run too', async () => {
    for (const name of ['a', 'b', 'c']) await world.draw(`${name}.jpg`, 400, 400)
    for (const name of ['b.jpg', 'c.jpg']) {
      const path = join(world.folder, name)
      await world.write(name, (await readFile(path)).subarray(0, 500))
    }
    for (const args of [['--dry-run'], []]) {
      const { exitCode, stderr } = await run('.', '-p', 'x', ...args)
      expect(exitCode).toBe(2)
      expect(stderr.trimEnd().split('\n')).toEqual([
        expect.stringMatching(/^restyle-cli-\w+: 2 errors, so nothing is sent$/),
        expect.stringMatching(/^file 2, image: b\.jpg is a JPEG that does not decode: ./),
        expect.stringMatching(/^file 3, image: c\.jpg is a JPEG that does not decode: ./),
      ])
    }
    expect(world.seen).toEqual([])
  })

  it('names what a folder holds and no model takes', async () => {
    await world.draw('a.png')
    await world.write('b.heic', '\0\0\0\x18ftypheic')
    await world.write('c.heic', '\0\0\0\x18ftypheic')
    const { exitCode, stdout, stderr } = await run('.', '-p', 'x', '--dry-run')
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: 'note: b.heic, c.heic: is a HEIC file, which no model takes\n',
    })
    expect(stdout).toContain('1 edit, 1 distinct local picture (')
  })

  it('names what it leaves out also where another file is broken', async () => {
    await world.write('a.png', 'no picture')
    await world.write('b.heic', '\0\0\0\x18ftypheic')
    const { exitCode, stderr } = await run('.', '-p', 'x', '--dry-run')
    expect({ exitCode, lines: stderr.trimEnd().split('\n') }).toEqual({
      exitCode: 2,
      lines: [
        'note: b.heic: is a HEIC file, which no model takes',
        expect.stringMatching(/^restyle-cli-\w+: 1 error, so nothing is sent$/),
        'file 1, image: a.png is a text file, not a picture',
      ],
    })
  })

  it('says each name of a picture that the producer refuses', async () => {
    await world.draw('a.png', 400, 400, 1)
    await world.draw('b.png', 400, 400, 2)
    world.answer = ({ method }, response) => {
      response.writeHead(method === 'HEAD' ? 404 : 422)
      return problem('not-a-picture', 'What came is not whole.')
    }
    const { exitCode, stderr } = await run('.', '-p', 'x')
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: 'a.png: What came is not whole.\nb.png: What came is not whole.\n',
    })
  })

  it('is told of everything at once, by the number of the row: what cannot be read and what is wrong with the rest', async () => {
    await world.write('c.csv', 'sku,image\n1,gone.png\n2,gone.png,x\n3,gone.png\n')
    const { stderr } = await run('c.csv', '-p', 'x')
    expect(stderr.trimEnd().split('\n')).toEqual([
      'c.csv: 3 errors, so nothing is sent',
      'row 2, image: gone.png does not exist',
      'row 3: has 3 cells, the header has 2',
      'row 4, image: gone.png does not exist',
    ])
  })
})

describe('what is not done is said', () => {
  beforeEach(() => {
    world.answer = () => batchOf(1, { queued: 1 })
  })

  it('of columns that are fields of the edit, and of those that are not', async () => {
    await world.write(
      'c.csv',
      'image,n,Size,negative_prompt,prompt\nhttps://a.example.com/a.png,2,XL,bad,own\n',
    )
    const { stderr } = await run('c.csv', '-p', 'a {{size}} mug', '--own-column', 'size')
    expect(stderr.trimEnd().split('\n')).toEqual([
      'note: column n, column negative_prompt: is read as a field of each edit; if it is your own, say --own-column with its name',
      'note: column prompt: is not read: --prompt is for all rows',
    ])
    expect(sent().edits).toMatchObject([
      { n: 2, negativePrompt: 'bad', prompt: 'a XL mug', columns: { Size: 'XL', prompt: 'own' } },
    ])
    const { exitCode, stderr: refusal } = await run('c.csv', '-p', 'a {{size}} mug')
    expect({ exitCode, refusal }).toEqual({
      exitCode: 2,
      refusal: expect.stringContaining('row 2, size: "XL" is not understood') as string,
    })
  })

  it('of columns and fields that look like further pictures', async () => {
    const a = 'https://a.example.com/a.png'
    await world.write('c.csv', `Image,image2,image_3,Image 4,image10,image_alt\n${a},${a},${a},${a},${a},x\n`)
    const table = await run('c.csv', '-p', 'a mug')
    const way = 'further pictures are in image2 to image9'
    expect(table.stderr).toBe(
      `note: column image_3, column Image 4, column image10: is not read as a picture: ${way}\n`,
    )
    await world.write('c.jsonl', `{"image":"${a}","image2":"${a}","prompt":"a mug"}\n`)
    expect((await run('c.jsonl')).stderr).toBe(
      'note: field image2: is not read as a picture: several are a list named images\n',
    )
  })

  it('of fields of JSON lines that are nearly options', async () => {
    await world.write(
      'c.jsonl',
      '{"image":"https://a.example.com/a.png","prompt":"a {{x}}","Negative_Prompt":"b","n":2}\n',
    )
    const { stderr } = await run('c.jsonl')
    expect(stderr.trimEnd().split('\n')).toEqual([
      'note: field Negative_Prompt: is not read as the option negativePrompt: write it like that',
      'note: line 1, prompt: {{x}} is sent as it is: only --prompt is filled from the row',
    ])
  })

  it.each(['a {title} mug', 'a ${title} mug', 'a ｛title｝ mug'])(
    'of the single braces in %j',
    async (prompt) => {
      await world.write('c.csv', 'image,title\nhttps://a.example.com/a.png,red\n')
      const { stderr } = await run('c.csv', '-p', prompt)
      expect(stderr).toMatch(
        /^note: --prompt: [{｛]title[}｝] is sent as it is: a column is written \{\{name\}\}\n$/,
      )
      expect(sent().edits[0]?.prompt).toBe(prompt)
    },
  )

  it('of what looks like a place in the cells of a table', async () => {
    await world.write(
      'c.csv',
      'image,prompt,title\nhttps://a.example.com/a.png,a {title} mug,red\nhttps://a.example.com/b.png,a {{title}} mug,red\n',
    )
    const { stderr } = await run('c.csv')
    expect(stderr.trimEnd().split('\n')).toEqual([
      'note: row 2, prompt: {title} is sent as it is: only --prompt is filled from the row',
      'note: row 3, prompt: {{title}} is sent as it is: only --prompt is filled from the row',
    ])
    expect(sent().edits.map(({ prompt }) => prompt)).toEqual(['a {title} mug', 'a {{title}} mug'])
  })

  it('of pictures that were not looked at', async () => {
    await world.write('c.csv', 'image\nhttps://a.example.com/a.png\n')
    expect((await run('c.csv', '-p', 'x', '--dry-run')).stdout).toContain(
      'dry run: nothing was sent; not looked at: 1 picture at addresses\n',
    )
  })

  it('of a key that stands for another run', async () => {
    await world.write('c.csv', 'image\nhttps://a.example.com/a.png\n')
    world.answer = (_seen, response) => {
      response.writeHead(409)
      return problem('idempotency-conflict', 'The key was used for another request.')
    }
    const { exitCode, stderr } = await run('c.csv', '-p', 'x', '--idempotency-key', 'monday')
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr:
        'The key was used for another request.\nmonday stands for an earlier run with another catalog, picture, prompt or option: repeat that one unchanged, or leave out --idempotency-key for a new run\n',
    })
  })
})
