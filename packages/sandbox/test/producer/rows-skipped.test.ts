import { createHash, randomBytes } from 'node:crypto'
import { type Caller, openCaller, rowsFrom } from './open-batches.ts'
import { fine, openProducer, type World } from './open-producer.ts'

const skip = { query: '?onFault=skip' }

describe('the faulty rows of an open batch that skips them', () => {
  let world: World
  let caller: Caller
  beforeAll(async () => {
    world = await openProducer()
    caller = await openCaller(world)
  })
  afterEach(() => world.server.s3.faults.clear())
  afterAll(() => world.stop())

  /** A picture that was not uploaded, and how it is. */
  function newPicture() {
    const bytes = Buffer.concat([Buffer.from('picture'), randomBytes(16)])
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const facts = {
      contentType: 'image/png',
      sha256,
      metadata: { format: 'png', width: '500', height: '500' },
    }
    return {
      image: `sha256:${sha256}`,
      upload: () => world.store.putIfAbsent(`sources/catalog/${sha256}`, bytes, facts),
    }
  }

  it('are left out and told, the others follow one another', async () => {
    const id = await caller.opened()
    const rows = [fine, { ...fine, n: 9, key: 'nine' }, { ...fine, key: 'a' }, { ...fine, key: 'a' }, fine]
    const answer = await caller.put(id, 1, rows, skip)
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      {
        batch: id,
        first: 1,
        rows: 3,
        nextRow: 4,
        rejects: [
          {
            first: 1,
            line: 2,
            key: 'nine',
            errors: [{ pointer: '/n', detail: expect.stringMatching(/^n is 9/) }],
          },
          {
            first: 1,
            line: 4,
            key: 'a',
            errors: [{ pointer: '/key', detail: 'key "a" is the key of row 2 already' }],
          },
        ],
      },
    ])
    expect((await caller.put(id, 4, `not JSON\n${JSON.stringify(fine)}\n`, skip)).json()).toMatchObject({
      rows: 1,
      nextRow: 5,
      rejects: [{ first: 4, line: 1, errors: [{ detail: 'the row is not JSON' }] }],
    })
    expect(await caller.view(id)).toMatchObject({ total: 4 })
    const { edits } = (await caller.get(`/v1/batches/${id}/edits`)).json()
    expect(edits.map(({ row, key }: { row: number; key: string }) => [row, key])).toEqual([
      [0, '1'],
      [1, 'a'],
      [2, '3'],
      [3, '4'],
    ])
    const page = (await caller.get(`/v1/batches/${id}/rejects`)).json()
    expect(page.rejects).toEqual(answer.json().rejects)
    const next = (await caller.get(`/v1/batches/${id}/rejects?cursor=${page.nextCursor}`)).json()
    expect(next.rejects).toMatchObject([{ first: 4, line: 1 }])
    const last = (await caller.get(`/v1/batches/${id}/rejects?cursor=${next.nextCursor}`)).json()
    expect(last).toEqual({ rejects: [] })
  })

  it('stay left out when the same comes again, even if they would be taken now', async () => {
    const id = await caller.opened()
    const { image, upload } = newPicture()
    const rows = [fine, { ...fine, images: [image] }]
    const once = await caller.put(id, 1, rows, skip)
    expect(once.json()).toMatchObject({ rows: 1, rejects: [{ line: 2 }] })
    await upload()
    expect((await caller.put(id, 1, rows, skip)).json()).toEqual(once.json())
    await caller.close(id, 1)
    expect((await caller.put(id, 1, rows, skip)).json()).toEqual(once.json())
    // who does not skip asks for another thing
    expect((await caller.put(id, 1, rows)).statusCode).toBe(409)
  })

  it('stay left out where their chunk was not taken in the same call', async () => {
    const id = await caller.opened()
    const { image, upload } = newPicture()
    const rows = [fine, { ...fine, images: [image] }]
    world.server.s3.faults.add({
      do: 'refuse',
      code: 'ServiceUnavailable',
      operation: 'PutObject',
      key: /\/rows\//,
      times: 100,
    })
    expect((await caller.put(id, 1, rows, skip)).statusCode).toBe(503)
    world.server.s3.faults.clear()
    await upload()
    const answer = await caller.put(id, 1, rows, skip)
    expect(answer.json()).toMatchObject({ rows: 1, nextRow: 2, rejects: [{ line: 2 }] })
    expect((await caller.put(id, 1, rows, skip)).json()).toEqual(answer.json())
  })

  it('may be all that came', async () => {
    const id = await caller.opened()
    const bad = [{ ...fine, n: 9 }]
    const once = await caller.put(id, 1, bad, skip)
    expect(once.json()).toMatchObject({ rows: 0, nextRow: 1, rejects: [{ line: 1 }] })
    expect((await caller.put(id, 1, rowsFrom(1, 2), skip)).json()).toMatchObject({ rows: 2, nextRow: 3 })
    expect((await caller.put(id, 1, bad, skip)).json()).toEqual(once.json())
    expect((await caller.close(id, 2)).statusCode).toBe(200)
  })

  it('are also those whose pictures were not looked up because many others are missing', async () => {
    const id = await caller.opened()
    const missing = Array.from({ length: 300 }, (_, i) => ({
      ...fine,
      images: [`sha256:${i.toString(16).padStart(64, '0')}`],
    }))
    const answer = (await caller.put(id, 1, [...missing, fine], skip)).json()
    expect(answer).toMatchObject({ rows: 1, nextRow: 2 })
    expect(answer.rejects).toHaveLength(300)
    expect(answer.rejects.at(-1).errors[0].detail).toMatch(
      /^images\/0 was not looked up: 1\d\d other pictures were not uploaded$/,
    )
  })

  it('tell of each line at most ten errors, none longer than needed', async () => {
    const id = await caller.opened()
    const fields = Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`${'x/~'.repeat(50)}${i}`, 1]))
    const answer = await caller.put(id, 1, [{ ...fine, ...fields }], skip)
    const [{ errors }] = answer.json().rejects
    expect(errors).toHaveLength(10)
    expect(errors[0].pointer).toMatch(/^\/(x~1~0){21}x…$/)
  })
})
