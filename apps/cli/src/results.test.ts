import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { rowsOf } from '@restyle/manifest/scan-manifest'
import { editOf, problem, startFakeWorld } from '../test/fake-world.ts'

let world: Awaited<ReturnType<typeof startFakeWorld>>
beforeEach(async () => {
  world = await startFakeWorld()
})
afterEach(() => world.close())

describe('restyle results', () => {
  beforeEach(() => {
    world.answer = ({ url }) =>
      url.includes('cursor=')
        ? { edits: [editOf({ key: '=cup' })] }
        : { edits: [editOf({ key: 'mug' })], nextCursor: 'b' }
  })

  it('writes every page into a file that appears whole', async () => {
    const { exitCode, stderr } = await world.restyle(['results', 'batch_1', '-o', 'out.csv'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: 'results are in out.csv\n' })
    const text = await readFile(join(world.folder, 'out.csv'), 'utf8')
    // Excel needs the mark; a pipe must not have it
    expect(text).toMatch(/^\uFEFFkey,/)
    expect((await world.restyle(['results', 'batch_1'])).stdout).toMatch(/^key,/)
    const lines = text.split('\r\n')
    expect(lines.slice(1)).toEqual([
      'mug,succeeded,shop/batch_1/mug/0.png,,,,ab12,0.20,,',
      "'=cup,succeeded,shop/batch_1/mug/0.png,,,,ab12,0.20,,",
      '',
    ])
  })

  it('writes keys that its own reader takes back as they were', async () => {
    const keys = ['-100', '=1', "'=2", '红杯', '+49 30', "'tis", '1234567890123456789']
    world.answer = () => ({ edits: keys.map((key) => editOf({ key })) })
    await world.restyle(['results', 'batch_1', '-o', 'out.csv'])
    const read: (string | undefined)[] = []
    for await (const { cells } of rowsOf({ path: join(world.folder, 'out.csv'), imageColumn: 'image_1_key' }))
      read.push(cells.get('key'))
    expect(read).toEqual(keys)
  })

  it('writes JSON lines to standard output', async () => {
    const { stdout } = await world.restyle(['results', 'batch_1', '--json'])
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { key: string }).key),
    ).toEqual(['mug', '=cup'])
  })

  it('says which edits the producer could not read, and that they are missing', async () => {
    world.answer = () => ({
      edits: [editOf({ key: 'mug' })],
      unreadable: [{ id: 'batch_1-7', why: 'state' }],
    })
    const { exitCode, stderr, stdout } = await world.restyle(['results', 'batch_1'])
    expect(exitCode).toBe(1)
    expect(stderr).toContain('left out, since the producer cannot read its record: batch_1-7')
    expect(stdout).toContain('mug,succeeded')
  })

  it('leaves no part of a file and no header when the batch does not exist', async () => {
    world.answer = (_seen, response) => {
      response.writeHead(404)
      return problem('not-found', 'There is no such batch.')
    }
    const { exitCode, stdout, stderr } = await world.restyle(['results', 'x', '-o', 'out.csv'])
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'There is no such batch.\n',
    })
    for (const name of ['out.csv', 'out.csv.part'])
      await expect(rm(join(world.folder, name))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('knows two kinds of files', async () =>
    expect(await world.restyle(['results', 'x', '-o', 'out.xlsx'])).toMatchObject({
      exitCode: 2,
      stderr: '--output: out.xlsx must end with .csv or .jsonl, or be - for standard output\n',
    }))
})
