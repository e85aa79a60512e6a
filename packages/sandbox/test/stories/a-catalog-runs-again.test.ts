import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { restyle } from './cli.ts'
import { draw, openStory, type Story } from './story.ts'

/** Of the first run: rows that are the same later, that change, and that fail. */
const [same, changing, failing, added] = [10, 37, 3, 5]

describe('a catalog that is run again', () => {
  let story: Story
  let dir: string
  const run = (...more: string[]) =>
    restyle(story.world, dir, 'run', 'catalog.csv', '--prompt', 'the {{what}}', '--size', '768*768', ...more)
  const bill = () => story.world.dashscope.bill
  const hueOf = (row: number, change: number) => (row * 3 + change * 150) % 360
  const isFailing = (row: number) => row >= same + changing && row < same + changing + failing

  /** Some rows change their prompts, and others the bytes of their pictures. */
  async function write(rows: number, change: number): Promise<void> {
    const lines = ['sku,image,what']
    for (let row = 0; row < rows; row += 1) {
      const changed = row >= same && row < same + changing ? change : 0
      const byPicture = row % 2 === 0
      await writeFile(join(dir, 'photos', `${row}.png`), await draw(hueOf(row, byPicture ? changed : 0)))
      lines.push(`S-${row},photos/${row}.png,${isFailing(row) ? 'bad' : 'good'} ${byPicture ? 0 : changed}`)
    }
    await writeFile(join(dir, 'catalog.csv'), `${lines.join('\n')}\n`)
  }

  beforeAll(async () => {
    story = await openStory()
    dir = await mkdtemp(join(tmpdir(), 'restyle-again-'))
    await mkdir(join(dir, 'photos'))
  })
  afterAll(async () => {
    await story.stop()
    await rm(dir, { recursive: true })
  })

  it('enqueues, and costs, what is new, has changed or failed: 45 rows of 55', async () => {
    story.world.dashscope.faults.add({
      at: 'task',
      times: failing,
      match: ({ prompt }) => prompt === 'the bad 0',
      do: { type: 'fail', code: 'DataInspectionFailed', message: 'not like this' },
    })
    await write(same + changing + failing, 0)
    const first = await run()
    expect(first.code).toBe(1)
    expect(first.stderr).toContain('3 of 50 did not succeed')
    const before = { ...bill() }
    expect(before.images).toBe(same + changing)

    await write(same + changing + failing + added, 1)
    const again = await run()
    expect(again.stdout).toContain(
      '55 rows: 5 new, 37 changed, 3 failed before; left out: 10 unchanged\n45 edits, ',
    )
    expect(again.code).toBe(0)
    expect(bill().images - before.images).toBe(45)
    expect(bill().micros - before.micros).toBe(45 * 200_000)
  })

  it('has nothing to do where nothing has changed, and says so', async () => {
    const { images } = bill()
    const nothing = await run('--json')
    expect(nothing.code).toBe(0)
    expect(JSON.parse(nothing.stdout)).toEqual({
      rows: expect.objectContaining({ total: 55, new: 0, changed: 0, failed: 0, unchanged: 55, gone: 0 }),
    })
    expect((await run()).stdout).toContain('55 rows: left out: 55 unchanged\nnothing to do\n')
    expect(bill().images).toBe(images)
  })

  it('tells of rows that are gone, and does all of the others once more if it is told to', async () => {
    await write(4, 1)
    const { images } = bill()
    const dry = await run('--all', '--dry-run')
    expect(dry.stdout).toContain(
      '4 rows: done again, too: 4 unchanged\n51 rows of before are not in the catalog',
    )
    const all = await run('--all')
    expect(all.code).toBe(0)
    expect(bill().images).toBe(images + 4)
  })

  it('goes as docs/catalogs.md tells it', async () => {
    const docs = await readFile(join(import.meta.dirname, '../../../../docs/catalogs.md'), 'utf8')
    const [, block = ''] = /## Run it again\n.*?```sh\n(.*?)```/s.exec(docs) ?? []
    const commands = block.split('\n').filter((line) => line.startsWith('restyle '))
    const told = join(dir, 'told')
    await mkdir(told)
    const catalog = (...lines: string[]) =>
      writeFile(join(told, 'catalog.csv'), `sku,image,title,size\n${lines.join('\n')}\n`)
    for (const name of ['a', 'b', 'c'])
      await writeFile(join(told, `${name}.png`), await draw(name.charCodeAt(0)))
    const outputs: string[] = []
    for (const [i, command] of commands.entries()) {
      if (i === 0) await catalog('1,a.png,a mug,768*768', '2,b.png,a cup,768*768')
      else await catalog('1,a.png,a mug,768*768', '2,b.png,a big cup,768*768', '3,c.png,a jug,768*768')
      const words = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(
        ([, quoted, plain]) => quoted ?? plain ?? '',
      )
      const { code, stdout } = await restyle(story.world, told, ...words.slice(1), '--catalog', 'told')
      expect([command, code]).toEqual([command, 0])
      outputs.push(stdout)
    }
    expect(outputs).toEqual([
      expect.stringContaining('2 edits'),
      expect.stringContaining('3 rows: 1 new, 1 changed; left out: 1 unchanged'),
      expect.stringContaining('3 rows: 1 new, 1 changed; left out: 1 unchanged'),
    ])
  })
})
