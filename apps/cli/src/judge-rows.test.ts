import { startFakeWorld } from '../test/fake-world.ts'

let world: Awaited<ReturnType<typeof startFakeWorld>>
beforeEach(async () => {
  world = await startFakeWorld()
})
afterEach(() => world.close())

const operation = {
  id: 'operation_1',
  batch: 'batch_1',
  state: 'done',
  verdict: 'approved',
  by: 'k',
  matched: 3,
  skipped: 1,
  done: 2,
  left: 1,
  createdAt: '2026-03-02T21:00:00.000Z',
}

describe('restyle verdict', () => {
  it('judges rows, and says what became of them', async () => {
    world.answer = ({ method }) => (method === 'GET' ? operation : { ...operation, state: 'running' })
    const words = ['verdict', 'batch_1', 'approved', '--rows', '1-4', '--except', '2']
    const { exitCode, stdout } = await world.restyle(words)
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: [
        '2 rows judged: approved',
        '1 of those that were named have no images to judge',
        '1 were judged by somebody else meanwhile, and stay so',
        'undo it for 30 days: POST /v1/operations/operation_1/undo',
        '',
      ].join('\n'),
    })
    expect(JSON.parse(String(world.seen[0]?.body))).toEqual({ verdict: 'approved', rows: '1-4', except: '2' })
    const { stdout: printed } = await world.restyle(['verdict', 'batch_1', 'none', '--all', '--json'])
    expect(JSON.parse(printed)).toMatchObject({ id: 'operation_1', state: 'done' })
    const posted = world.seen.findLast(({ method }) => method === 'POST')
    expect(JSON.parse(String(posted?.body))).toEqual({ verdict: null, where: {} })
  })

  it('sends nothing where it is not said which rows', async () => {
    for (const flags of [[], ['--rows', '1', '--all']])
      expect(await world.restyle(['verdict', 'batch_1', 'approved', ...flags])).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining('say which rows') as string,
      })
    expect(world.seen).toEqual([])
  })
})
