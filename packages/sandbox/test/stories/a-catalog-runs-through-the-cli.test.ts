import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { restyle } from './cli.ts'
import { draw, openStory, type Story } from './story.ts'

const names = ['bottle', 'lamp', 'mug']

describe('the command restyle', () => {
  let story: Story
  let dir: string
  const run = (...argv: string[]) => restyle(story.world, dir, ...argv)
  const batchIn = (text: string) => /batch_\w+/.exec(text)?.[0] ?? ''

  beforeAll(async () => {
    story = await openStory()
    dir = await mkdtemp(join(tmpdir(), 'restyle-story-'))
    await mkdir(join(dir, 'photos'))
    for (const [i, name] of names.entries())
      await writeFile(join(dir, 'photos', `${name}.png`), await draw(i * 100))
    const rows = names.map((name, i) => `SKU-${i},photos/${name}.png,${name}`)
    await writeFile(join(dir, 'catalog.csv'), ['sku,image,what', ...rows, ''].join('\n'))
  })
  afterAll(async () => {
    await story.stop()
    await rm(dir, { recursive: true })
  })

  it('runs a folder of pictures: one image for each, under the names of the files', async () => {
    const ran = await run('run', 'photos', '--prompt', 'on oak', '--size', '768*768')
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    const batch = batchIn(ran.stdout)
    const keys = story.images().map(({ key }) => key)
    expect(keys.toSorted()).toEqual(names.map((name) => `local/${batch}/${name}/0.png`))
    expect(story.world.dashscope.bill.images).toBe(3)
  })

  it('runs a table, and writes results that are joined by key', async () => {
    story.world.dashscope.faults.add({
      at: 'task',
      match: ({ prompt }) => prompt === 'the lamp on oak',
      do: { type: 'fail', code: 'DataInspectionFailed', message: 'Not allowed.' },
    })
    const ran = await run('run', 'catalog.csv', '--prompt', 'the {{what}} on oak', '--size', '768*768')
    expect(ran.code).toBe(1)
    expect(ran.stderr).toContain('DataInspectionFailed')
    expect(ran.stderr).toContain('1 of 3 did not succeed')

    const written = await run('results', batchIn(ran.stdout), '-o', 'results.csv')
    expect(written.code).toBe(0)
    // it begins with the mark that Excel needs
    const text = (await readFile(join(dir, 'results.csv'), 'utf8')).slice(1)
    const [header = '', ...rows] = text.trimEnd().split('\r\n')
    const column = (name: string) => rows.map((row) => row.split(',')[header.split(',').indexOf(name)])
    expect(column('key')).toEqual(['SKU-0', 'SKU-1', 'SKU-2'])
    expect(column('state')).toEqual(['succeeded', 'failed', 'succeeded'])
  })

  it('repeats a run without enqueuing or billing anything again', async () => {
    const argv = ['run', 'photos', '--prompt', 'again', '--size', '768*768', '--idempotency-key', 'monday']
    const first = await run(...argv)
    const { images } = story.world.dashscope.bill
    const second = await run(...argv)
    expect([first.code, second.code]).toEqual([0, 0])
    expect(batchIn(second.stdout)).toBe(batchIn(first.stdout))
    expect(story.world.dashscope.bill.images).toBe(images)
  })

  it('edits one picture and prints where the image lies', async () => {
    const { code, stdout } = await run('edit', 'photos/mug.png', '--prompt', 'at night', '--size', '768*768')
    expect(code).toBe(0)
    expect(story.images().map(({ key }) => key)).toContain(stdout.trim())
  })
})
