import type { Lane } from '@restyle/client/types'
import { batchOf, editOf, problem, startFakeWorld } from '../test/fake-world.ts'

let world: Awaited<ReturnType<typeof startFakeWorld>>
beforeEach(async () => {
  world = await startFakeWorld()
})
afterEach(() => world.close())

const lane: Lane = {
  name: 'cn',
  id: 'wan2.5-i2i-preview-0123456789ab',
  model: 'wan2.5-i2i-preview',
  region: 'beijing',
  running: 2,
  slots: 5,
  submitPerSecond: 5,
  pauses: [
    { by: 'person', since: '2026-03-02T21:00:00.000Z', detail: 'with a key of ops' },
    { by: 'vendor', since: '2026-03-02T20:00:00.000Z', detail: 'Arrearage: overdue' },
  ],
  limits: {
    submits: {
      perSecond: 0,
      configured: 5,
      because: { code: 'person', detail: 'A person has paused it.' },
    },
  },
}

describe('restyle cancel', () => {
  it('says how the edit stands and what follows', async () => {
    const edit = editOf({ state: 'running' })
    world.answer = () => ({ outcome: 'canceling', detail: 'Its task goes on.', edit })
    const { exitCode, stdout } = await world.restyle(['cancel', 'edit_1'])
    expect([exitCode, stdout]).toEqual([0, 'edit_1 is running. Its task goes on.\n'])
    expect(world.seen).toMatchObject([{ method: 'POST', url: '/v1/edits/edit_1/cancel' }])
  })
})

it('restyle cancel of a batch says what becomes of it', async () => {
  world.answer = () => ({ outcome: 'canceling', detail: '5 go on.', batch: batchOf(9, {}) })
  expect(await world.restyle(['cancel', 'batch_1'])).toMatchObject({
    exitCode: 0,
    stdout: 'batch_1 is canceling. 5 go on.\n',
  })
  expect(world.seen).toMatchObject([{ method: 'POST', url: '/v1/batches/batch_1/cancel' }])
})

describe('restyle pause and resume', () => {
  it.each([
    ['pause edit_1', '/v1/edits/edit_1/pause', editOf({ state: 'queued' }), 'edit_1 is paused\n'],
    [
      'pause batch_1',
      '/v1/batches/batch_1/pause',
      batchOf(3, {}),
      'batch_1 is paused; what was submitted goes on\n',
    ],
    ['resume batch_1-2', '/v1/edits/batch_1-2/resume', editOf({ state: 'queued' }), 'batch_1-2 is resumed\n'],
    ['resume edit_1', '/v1/edits/edit_1/resume', editOf({ state: 'queued' }), 'edit_1 is resumed\n'],
    [
      'pause --producer',
      '/v1/producer/pause',
      { name: 'shop' },
      'producer shop is paused; what was submitted goes on\n',
    ],
    [
      'pause --lane cn',
      '/v1/lanes/cn/pause',
      { lanes: [lane] },
      'cn  wan2.5-i2i-preview-0123456789ab  2 of 5 running, paused\n  paused by a person since 2026-03-02T21:00:00.000Z: with a key of ops\n  paused by itself since 2026-03-02T20:00:00.000Z: Arrearage: overdue\n',
    ],
  ])('%s', async (args, url, answer, said) => {
    world.answer = () => answer
    const { exitCode, stdout } = await world.restyle(args.split(' '))
    expect([exitCode, stdout]).toEqual([0, said])
    expect(world.seen).toMatchObject([{ method: 'POST', url }])
  })

  it.each([['pause'], ['pause edit_1 --producer'], ['resume --producer --lane cn']])(
    '%s is refused, and nothing is sent',
    async (args) => {
      const { exitCode, stderr } = await world.restyle(args.split(' '))
      expect([exitCode, world.seen]).toEqual([2, []])
      expect(stderr).toMatch(/say one thing to/)
    },
  )

  it('says which scope is missing', async () => {
    world.answer = (_seen, response) => {
      response.writeHead(403)
      return problem('forbidden', 'This needs a key with the scope admin.')
    }
    expect(await world.restyle(['lanes'])).toMatchObject({
      exitCode: 1,
      stderr: 'This needs a key with the scope admin.\n',
    })
  })
})

describe('restyle retry', () => {
  const retried = (rows: number) => ({ rows, batch: batchOf(9, {}) })

  it('retries all failed rows, or those with some codes, with what is to be different', async () => {
    world.answer = () => retried(3)
    const { exitCode, stdout } = await world.restyle(['retry', 'batch_1'])
    expect([exitCode, stdout]).toEqual([0, 'retried 3 rows of batch_1; each image is billed as ever\n'])
    await world.restyle('retry batch_1 --code A --code B --seed 7 --size 768*768 -p slate'.split(' '))
    expect(world.seen.map(({ body }) => JSON.parse(String(body)) as object)).toEqual([
      {},
      { codes: ['A', 'B'], seed: 7, size: '768*768', prompt: 'slate' },
    ])
    expect(world.seen[0]).toMatchObject({ url: '/v1/batches/batch_1/retry' })
    expect(world.seen[0]?.headers['idempotency-key']).toBe('the-key-of-this-run')
  })

  it('says that no row has failed so', async () => {
    world.answer = () => retried(0)
    const { stdout } = await world.restyle(['retry', 'batch_1', '--code', 'A'])
    expect(stdout).toBe('no row of batch_1 has failed so; nothing is retried\n')
  })
})

describe('restyle lanes', () => {
  it('prints a line of JSON for each', async () => {
    world.answer = () => ({ lanes: [lane, { ...lane, name: 'sg' }] })
    const { stdout } = await world.restyle(['lanes', '--json'])
    const names = stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as Lane).name)
    expect(names).toEqual(['cn', 'sg'])
  })
})
