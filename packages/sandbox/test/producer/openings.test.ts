import { createHash } from 'node:crypto'
import { type Caller, openCaller, rowsFrom } from './open-batches.ts'
import { fine, openProducer, type World } from './open-producer.ts'

describe('an opening', () => {
  let world: World
  let caller: Caller
  beforeAll(async () => {
    world = await openProducer()
    caller = await openCaller(world)
  })
  afterAll(() => world.stop())

  it('is one for one key, tells how far the batch is, and conflicts with another', async () => {
    const digest = createHash('sha256').update('rows').digest('hex')
    const { id } = (await caller.open({ rowsDigest: digest }, 'one')).json()
    await caller.put(id, 1, rowsFrom(1, 7))
    const again = await caller.open({ rowsDigest: digest }, 'one')
    expect([again.statusCode, again.headers['idempotent-replayed'], again.json()]).toEqual([
      200,
      'true',
      expect.objectContaining({ id, open: true, total: 7 }),
    ])
    for (const other of [{}, { rowsDigest: 'x' }, { rowsDigest: digest, held: true }])
      expect((await caller.open(other, 'one')).json()).toMatchObject({
        type: '/problems#idempotency-conflict',
      })
  })

  it.each([
    [{ edits: [fine] }, /^edits is not known where open is/],
    [{ open: false }, /^open/],
    [{ held: 'yes' }, /^held must be a boolean$/],
    [{ colour: 'red' }, /^colour is not a known field$/],
  ])('with %j is refused', async (more, detail) => {
    const answer = await caller.open(more)
    expect([answer.statusCode, answer.json().detail]).toEqual([422, expect.stringMatching(detail)])
  })

  it('may say how soon the batch goes', async () => {
    expect((await caller.open({ priority: 9 }, 'soon')).json()).toMatchObject({ priority: 9, open: true })
    expect((await caller.open({}, 'soon')).statusCode).toBe(422)
  })

  it('is noted in the bucket before it is answered', async () => {
    world.server.s3.faults.add({ do: 'refuse', code: 'ServiceUnavailable', key: /accepted/, times: 100 })
    const answer = await caller.open({}, 'away')
    expect([answer.statusCode, answer.json()]).toEqual([
      503,
      expect.objectContaining({ idempotencyKey: 'away' }),
    ])
    world.server.s3.faults.clear()
    expect((await caller.open({}, 'away')).statusCode).toBe(202)
  })
})
