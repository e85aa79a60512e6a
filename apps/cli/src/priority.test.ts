import { batchOf, problem, startFakeWorld } from '../test/fake-world.ts'

let world: Awaited<ReturnType<typeof startFakeWorld>>
beforeEach(async () => {
  world = await startFakeWorld()
})
afterEach(() => world.close())

describe('restyle priority', () => {
  it('gives a batch another one', async () => {
    world.answer = () => ({ ...batchOf(2, { queued: 2 }), priority: 9 })
    const { exitCode, stdout } = await world.restyle(['priority', 'batch_1', '9'])
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'batch_1 has priority 9\n' })
    const [asked] = world.seen
    expect([asked?.method, asked?.url, String(asked?.body)]).toEqual([
      'PATCH',
      '/v1/batches/batch_1',
      '{"priority":9}',
    ])
    const { stdout: printed } = await world.restyle(['priority', 'batch_1', '9', '--json'])
    expect(JSON.parse(printed)).toMatchObject({ id: 'batch_1', priority: 9 })
  })

  it('sends nothing that is none, and says what the producer refuses', async () => {
    for (const text of ['0', '10', 'high'])
      expect(await world.restyle(['priority', 'batch_1', text])).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining('It must be a whole number from 1 to 9.') as string,
      })
    expect(world.seen).toEqual([])
    world.answer = (_, response) => {
      response.writeHead(404)
      return problem('not-found', 'There is no such batch.')
    }
    expect(await world.restyle(['priority', 'batch_no', '9'])).toMatchObject({
      exitCode: 1,
      stderr: 'There is no such batch.\n',
    })
  })
})
