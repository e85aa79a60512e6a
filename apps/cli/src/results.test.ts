import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Result } from '@restyle/client/types'
import { rowsOf } from '@restyle/manifest/scan-manifest'
import { strFromU8, unzipSync } from 'fflate'
import { editOf, problem, startFakeWorld } from '../test/fake-world.ts'

let world: Awaited<ReturnType<typeof startFakeWorld>>
beforeEach(async () => {
  world = await startFakeWorld()
})
afterEach(() => world.close())

const resultOf = (more: Partial<Result>): Result => ({
  ...editOf({}),
  sources: ['sha256:ff'],
  row: 0,
  ...more,
})

describe('restyle results', () => {
  beforeEach(() => {
    world.answer = ({ url }) =>
      url.includes('cursor=')
        ? { results: [resultOf({ key: '=cup', row: 1, columns: { colour: '-12.50' } })] }
        : { results: [resultOf({ key: 'mug', columns: { size: '0042' } })], nextCursor: 'b' }
  })

  it("writes every page into a file that appears whole, with the catalog's own columns of all rows", async () => {
    const { exitCode, stderr } = await world.restyle(['results', 'batch_1', '-o', 'out.csv'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: 'results are in out.csv\n' })
    const text = await readFile(join(world.folder, 'out.csv'), 'utf8')
    // Excel needs the mark; a pipe must not have it
    expect(text).toMatch(/^\uFEFFkey,/)
    expect((await world.restyle(['results', 'batch_1'])).stdout).toMatch(/^key,/)
    const lines = text.split('\r\n')
    expect(lines[0]).toMatch(/,prompt,size,colour$/)
    expect(lines.slice(1)).toEqual([
      'mug,succeeded,shop/batch_1/mug/0.png,,,,ab12,0.20,CNY,,,1,edit_1,sha256:ff,on white,0042,',
      "'=cup,succeeded,shop/batch_1/mug/0.png,,,,ab12,0.20,CNY,,,2,edit_1,sha256:ff,on white,,-12.50",
      '',
    ])
  })

  it('writes keys that its own reader takes back as they were', async () => {
    const keys = [
      '-100',
      '=1',
      "'=2",
      '红杯',
      '+49 30',
      "'tis",
      '1234567890123456789',
      '-A1',
      '=HYPERLINK("x")',
    ]
    world.answer = () => ({ results: keys.map((key, row) => resultOf({ key, row })) })
    await world.restyle(['results', 'batch_1', '-o', 'out.csv'])
    const read: (string | undefined)[] = []
    for await (const { cells } of rowsOf({ path: join(world.folder, 'out.csv'), imageColumn: 'image_1_key' }))
      read.push(cells.get('key'))
    expect(read).toEqual(keys)
  })

  it('writes a workbook, whatever the name of the file', async () => {
    await world.restyle(['results', 'batch_1', '-o', 'out.xlsx'])
    await world.restyle(['results', 'batch_1', '-o', 'out.bin', '--format', 'xlsx'])
    for (const name of ['out.xlsx', 'out.bin']) {
      const files = unzipSync(await readFile(join(world.folder, name)))
      const sheet = strFromU8(files['xl/worksheets/sheet1.xml'] ?? new Uint8Array())
      expect(sheet).toContain('>=cup<')
      expect(sheet).toContain('>0042<')
    }
  })

  it.each([[['--json']], [['--format', 'jsonl']]])(
    'writes JSON lines to standard output: %j',
    async (flags) => {
      const { stdout } = await world.restyle(['results', 'batch_1', ...flags])
      const lines = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Result)
      expect(lines.map(({ key, columns }) => [key, columns])).toEqual([
        ['mug', { size: '0042' }],
        ['=cup', { colour: '-12.50' }],
      ])
    },
  )

  it('asks for addresses, and says until when they can be opened', async () => {
    const images = [
      {
        index: 0,
        key: 'k',
        sha256: 'a',
        url: 'https://s3.test/k?X',
        urlExpiresAt: '2026-03-09T21:00:10.000Z',
      },
    ]
    world.answer = () => ({ results: [resultOf({ images })] })
    const { stdout, stderr } = await world.restyle(['results', 'batch_1', '--links', '7d'])
    expect(world.seen[0]?.url).toContain('links=604800')
    expect(stdout).toContain(',https://s3.test/k?X,,,,2026-03-09T21:00:10.000Z')
    expect(stderr).toContain('until 2026-03-09T21:00:10.000Z at the latest')
    await world.restyle(['results', 'batch_1', '--links'])
    expect(world.seen[1]?.url).toContain('links=86400')
    expect(await world.restyle(['results', 'batch_1', '--links', '8d'])).toMatchObject({ exitCode: 2 })
  })

  it('has rows that the producer cannot read among the others, and says which', async () => {
    world.answer = () => ({
      results: [resultOf({ key: 'mug' })],
      unreadable: [{ id: 'batch_1-7', row: 7, key: 'sofa', why: 'state' }],
    })
    const { exitCode, stderr, stdout } = await world.restyle(['results', 'batch_1'])
    expect(exitCode).toBe(1)
    expect(stderr).toContain('the producer cannot read the record of batch_1-7')
    expect(stdout).toContain('mug,succeeded')
    expect(stdout).toContain('sofa,unreadable')
  })

  it('leaves no part of a file and no header when the batch does not exist', async () => {
    world.answer = (_seen, response) => {
      response.writeHead(404)
      return problem('not-found', 'There is no such batch.')
    }
    for (const name of ['out.csv', 'out.jsonl', 'out.xlsx']) {
      expect(await world.restyle(['results', 'x', '-o', name])).toEqual({
        exitCode: 1,
        stdout: '',
        stderr: 'There is no such batch.\n',
      })
      for (const left of [name, `${name}.part`])
        await expect(rm(join(world.folder, left))).rejects.toMatchObject({ code: 'ENOENT' })
    }
  })

  it('knows three kinds of files', async () => {
    expect(await world.restyle(['results', 'x', '-o', 'out.ods'])).toMatchObject({
      exitCode: 2,
      stderr: '--output: out.ods must end with .csv, .jsonl or .xlsx, or say which it is with --format\n',
    })
    expect(await world.restyle(['results', 'x', '--format', 'xlsx'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('a workbook needs a file'),
    })
  })
})
