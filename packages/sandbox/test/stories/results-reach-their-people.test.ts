import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@restyle/client/client'
import { strFromU8, unzipSync } from 'fflate'
import { restyle } from './cli.ts'
import { draw, openStory, type Story } from './story.ts'

const names = ['bottle', 'lamp', 'mug']

describe('what a catalog came to', () => {
  let story: Story
  let dir: string
  let batch: string
  const run = (...argv: string[]) => restyle(story.world, dir, ...argv)
  const client = () => createClient({ url: story.world.url, key: story.world.apiKey })

  beforeAll(async () => {
    story = await openStory({ overrides: { filesAfterMs: 0 } })
    dir = await mkdtemp(join(tmpdir(), 'restyle-story-'))
    await mkdir(join(dir, 'photos'))
    for (const [i, name] of names.entries())
      await writeFile(join(dir, 'photos', `${name}.png`), await draw(i * 100))
    const rows = names.map((name, i) => `SKU-${i},photos/${name}.png,${name},-12.50`)
    await writeFile(join(dir, 'catalog.csv'), ['sku,image,what,price', ...rows, ''].join('\n'))
    story.world.dashscope.faults.add({
      at: 'task',
      match: ({ prompt }) => prompt === 'the lamp on oak',
      do: { type: 'fail', code: 'DataInspectionFailed', message: 'Not allowed.' },
    })
    const ran = await run('run', 'catalog.csv', '--prompt', 'the {{what}} on oak', '--size', '768*768')
    batch = /batch_\w+/.exec(ran.stdout)?.[0] ?? ''
  })
  afterAll(async () => {
    await story.stop()
    await rm(dir, { recursive: true })
  })

  it('is a table with the columns of the catalog, and a workbook of the same', async () => {
    await run('results', batch, '-o', 'results.csv')
    const [header = '', ...rows] = (await readFile(join(dir, 'results.csv'), 'utf8')).trimEnd().split('\r\n')
    const column = (name: string) => rows.map((row) => row.split(',')[header.split(',').indexOf(name)])
    expect(column('state')).toEqual(['succeeded', 'failed', 'succeeded'])
    expect(column('what')).toEqual(names)
    expect(column('price')).toEqual(['-12.50', '-12.50', '-12.50'])
    expect(column('prompt')).toEqual(names.map((name) => `the ${name} on oak`))
    await run('results', batch, '-o', 'results.xlsx')
    const files = unzipSync(await readFile(join(dir, 'results.xlsx')))
    const sheet = strFromU8(files['xl/worksheets/sheet1.xml'] ?? new Uint8Array())
    for (const text of [...names, 'SKU-2', 'DataInspectionFailed']) expect(sheet).toContain(`>${text}<`)
  })

  it('is images under their keys, byte for byte as they were stored', async () => {
    const { code, stderr } = await run('results', batch, '--download', 'images')
    expect(code).toBe(0)
    expect(stderr).toContain('rows without an image: 1 failed')
    expect((await readdir(join(dir, 'images'))).toSorted()).toEqual(['SKU-0.png', 'SKU-2.png'])
    const bytes = await readFile(join(dir, 'images', 'SKU-2.png'))
    const { edits } = await client().batches.page(batch)
    expect(edits[2]?.images[0]?.sha256).toBe(createHash('sha256').update(bytes).digest('hex'))
  })

  it('is addresses that open the images until they end, without a key', async () => {
    const { stdout } = await run('results', batch, '--links', '30m', '--format', 'jsonl')
    const [first] = stdout
      .split('\n')
      .map((line) => JSON.parse(line || 'null') as { images: { url: string }[] })
    const url = first?.images[0]?.url ?? ''
    expect(new URL(url).searchParams.get('X-Amz-Expires')).toBe('1800')
    const answer = await fetch(url, { headers: { range: 'bytes=0-7' } })
    expect(answer.status).toBe(206)
    expect(Buffer.from(await answer.arrayBuffer()).toString('latin1')).toContain('PNG')
  })

  it('is a report before and after, which its producer is told of', async () => {
    const { code, stdout } = await run('report', batch, '--output', 'report')
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'report/report.html\n' })
    const page = await readFile(join(dir, 'report', 'report.html'), 'utf8')
    // each source, and two images
    expect(page.match(/<img /g)).toHaveLength(5)
    expect(page).toContain('2 done, 1 failed')
    const types: string[] = []
    for await (const { events } of client().events.pages()) types.push(...events.map(({ type }) => type))
    expect(types.slice(-2)).toEqual(['restyle.batch.completed', 'restyle.batch.stored'])
    const { files } = await client().batches.read(batch)
    if (files?.state !== 'stored') throw new Error('not stored')
    for (const key of [files.list, files.csv, files.jsonl, files.xlsx, files.report ?? ''])
      expect([key, (await story.world.store.head(key)) !== undefined]).toEqual([key, true])
    expect(files.csv).toBe(`local/${batch}/results.csv`)
  })

  it('is in a list, by the name of the catalog and the code of the error', async () => {
    const { stdout } = await run('edits', '--name', 'catalog', '--error', 'DataInspectionFailed', '--json')
    expect(JSON.parse(stdout)).toMatchObject({ key: 'SKU-1', state: 'failed' })
  })

  it('is had by the commands of docs/results.md as they are written, in at most 12 lines each', async () => {
    const text = await readFile(new URL('../../../../docs/results.md', import.meta.url), 'utf8')
    const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, lines = '']) =>
      lines.trim().split('\n'),
    )
    expect(blocks.length).toBeGreaterThanOrEqual(3)
    for (const block of blocks) {
      expect(block.length).toBeLessThanOrEqual(12)
      for (const line of block) {
        const [command = ''] = line.split(/ +(?:#|\|)/, 1)
        const [, ...argv] = command.replaceAll('batch_…', batch).split(/ +/)
        expect([line, (await run(...argv)).code]).toEqual([line, 0])
      }
    }
    expect(await readdir(dir)).toEqual(
      expect.arrayContaining(['results.csv', 'for-the-shop.csv', 'images', 'report']),
    )
  })

  it('is no report while rows are open, and says so', async () => {
    const open = await client().batches.open({ name: 'open' })
    expect(await run('report', open.id)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('has not ended: 0 of 0'),
    })
    expect(await run('report', 'batch_none')).toMatchObject({ code: 1 })
  })
})
