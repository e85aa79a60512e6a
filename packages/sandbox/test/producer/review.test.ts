import type { Edit } from '@restyle/shared/contract/edit'
import type { EditState } from '@restyle/shared/contract/edit-state'
import { type Ledger, openLedger } from '@restyle/shared/ledger/ledger'
import { openQueues } from '@restyle/shared/queues'
import { claimTask, readAnswer, readClaim, readEnded, writeAnswer } from '@restyle/shared/receipt/receipt'
import { lane } from '../ledger/ledger-world.ts'
import { fine, openProducer, type World } from './open-producer.ts'

describe('held edits', () => {
  let world: World
  let ledger: Ledger
  let headers: { authorization: string }

  beforeEach(async () => {
    world = await openProducer()
    ledger = openLedger(world.redis, world.prefix)
    headers = await world.keyOf('shop')
  })
  afterEach(() => world.stop())

  const read = async (id: string): Promise<Edit> => {
    const edit = await ledger.read(id)
    if (edit === undefined) throw new Error(`no edit ${id}`)
    return edit
  }

  /** Takes a new edit to where a worker would have left it uncertain. */
  async function hold(candidates?: string[], more: Pick<Edit, 'said'> = {}): Promise<Edit> {
    const accepted = await world.producer.app.inject({
      method: 'POST',
      url: '/v1/edits',
      headers,
      payload: fine,
    })
    expect(accepted.statusCode).toBe(202)
    const admitted = await ledger.admit({ ...lane, running: 99, posting: 99 })
    if (admitted.kind !== 'admitted') throw new Error(admitted.kind)
    if (candidates !== undefined) await ledger.claimTasks(admitted.edit, candidates)
    const set = {
      uncertainBecause: 'two tasks could be it',
      ...(candidates === undefined ? {} : { candidates }),
    }
    await ledger.move(admitted.edit, { to: 'review', set: { ...set, ...more } })
    return read(admitted.edit.id)
  }

  const list = (query = '', as = headers) =>
    world.producer.app.inject({ url: `/v1/reviews${query}`, headers: as })
  const decide = (id: string, payload: object, as = headers) =>
    world.producer.app.inject({ method: 'POST', url: `/v1/edits/${id}/resolution`, headers: as, payload })
  const reserved = () => world.redis.hget(`${world.prefix}:spend:shop`, 'reserved')
  const isAwake = async (id: string, queue: string) => {
    const queues = openQueues(world.redis, world.prefix, () => {})
    const job = await queues.queue(queue).getJob(id)
    await queues.close()
    return job !== undefined
  }
  const problem = (code: string, status = 409) => ({ type: `/problems#${code}`, status })

  it('are listed with why, since when, what is known of their submit and of its candidates, and their money', async () => {
    const edit = await hold(['t1', 't2'], { said: { cause: 'reset' } })
    const { reviews, nextCursor } = (await list()).json()
    expect(reviews).toEqual([
      {
        edit: expect.objectContaining({ id: edit.id, state: 'review', prompt: fine.prompt }),
        why: 'two tasks could be it',
        attempt: 1,
        heldAt: new Date(edit.updatedAt).toISOString(),
        candidates: ['t1', 't2'],
        submit: {
          intendedAt: new Date(edit.intentAt ?? 0).toISOString(),
          leaseUntil: new Date(edit.leaseUntil ?? 0).toISOString(),
          bodyHash: edit.bodyHash,
          answered: { cause: 'reset' },
        },
        tasks: [],
        reservedMicros: 200_000,
      },
    ])
    expect(nextCursor).toBeUndefined()
    expect(reviews[0].edit).not.toHaveProperty('candidates')
  })

  it('are listed in pages, the longest held first, also those of one millisecond', async () => {
    const ids: string[] = []
    for (let i = 0; i < 5; i += 1) ids.push((await hold()).id)
    const tied = ids.slice(1, 4).toSorted()
    for (const [i, id] of ids.entries())
      await world.redis.zadd(`${world.prefix}:held:shop`, tied.includes(id) ? 5 : i, id)
    await world.redis.zadd(`${world.prefix}:held:shop`, 9, String(ids[4]))
    const seen: string[] = []
    for (let query = '?limit=2'; ;) {
      const page = (await list(query)).json<{ reviews: { edit: { id: string } }[]; nextCursor?: string }>()
      seen.push(...page.reviews.map(({ edit }) => edit.id))
      if (page.nextCursor === undefined) break
      query = `?limit=2&cursor=${page.nextCursor}`
    }
    expect(seen).toEqual([ids[0], ...tied, ids[4]])
    expect((await list('?cursor=yesterday')).json()).toMatchObject(problem('invalid-parameter', 400))
  })

  it('are nobody else’s to see or to decide', async () => {
    const edit = await hold(['t1'])
    const theirs = await world.keyOf('theirs')
    expect((await list('', theirs)).json()).toEqual({ reviews: [] })
    const answer = await decide(edit.id, { action: 'drop' }, theirs)
    expect(answer.json()).toMatchObject({ ...problem('not-found', 404), detail: 'There is no such edit.' })
    expect((await read(edit.id)).state).toBe('review')
  })

  it('are decided by a key, and the log says by which', async () => {
    const edit = await hold(['t1'])
    expect((await decide(edit.id, { action: 'resubmit' })).statusCode).toBe(200)
    const [keyId] = /(?<=rk_)\w+?(?=_)/.exec(headers.authorization) ?? []
    const lines = world.lines.filter((line) => line.includes('edit decided by a person'))
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
      expect.objectContaining({ editId: edit.id, action: 'resubmit', producer: 'shop', keyId }),
    ])
  })

  it('are decided only while they are held, and by one decision', async () => {
    const edit = await hold(['t1'])
    const answers = await Promise.all([1, 2, 3].map(() => decide(edit.id, { action: 'resubmit' })))
    expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(1)
    expect(answers.filter(({ statusCode }) => statusCode === 409)).toHaveLength(2)
    const late = await decide(edit.id, { action: 'drop' })
    expect(late.json()).toMatchObject({
      ...problem('not-held'),
      detail: 'This edit is not held: it is queued.',
    })
    const batch = await world.producer.app.inject({
      method: 'POST',
      url: '/v1/batches',
      headers,
      payload: { edits: [fine] },
    })
    const resting = `${batch.json<{ id: string }>().id}-0`
    expect((await decide(resting, { action: 'drop' })).json()).toMatchObject(problem('not-held'))
    expect(await readEnded(world.store, edit.id, edit.attempt)).toBeUndefined()
  })

  it.each([
    [{ action: 'burn' }, 'action must be adopt, resubmit, drop or giveUp'],
    [{ action: 'adopt' }, 'taskId is needed'],
    [{ action: 'adopt', taskId: '../x' }, 'taskId must be the id of a task'],
    [{ action: 'drop', taskId: 't1' }, 'taskId is not a known field'],
  ])('are not decided by %j', async (payload, detail) => {
    const edit = await hold(['t1'])
    expect((await decide(edit.id, payload)).json()).toMatchObject({
      ...problem('invalid-request', 422),
      detail,
    })
  })

  it('stay as they are while the bucket is away: it learns of a decision first', async () => {
    const edit = await hold(['t1'])
    await world.server.s3.stop()
    for (const payload of [{ action: 'adopt', taskId: 't1' }, { action: 'resubmit' }, { action: 'drop' }])
      expect((await decide(edit.id, payload)).json()).toMatchObject(problem('unavailable', 503))
    expect(await read(edit.id)).toEqual(edit)
  })

  async function after(edit: Edit, payload: object, state: EditState): Promise<Edit> {
    const answer = await decide(edit.id, payload)
    expect([answer.statusCode, answer.json()]).toEqual([200, expect.objectContaining({ state })])
    expect((await list()).json()).toEqual({ reviews: [] })
    const now = await read(edit.id)
    expect(now).toMatchObject({ state })
    expect(now.candidates).toBeUndefined()
    expect(now.uncertainBecause).toBeUndefined()
    return now
  }

  describe('adopting a task', () => {
    it('notes whose it is, keeps the money reserved and wakes the poll', async () => {
      const edit = await hold(['t1', 't2'])
      const now = await after(edit, { action: 'adopt', taskId: 't2' }, 'running')
      expect(now).toMatchObject({ taskId: 't2', submittedAt: edit.intentAt })
      expect(await readAnswer(world.store, edit.id, 1)).toMatchObject({ outcome: 'accepted', taskId: 't2' })
      expect(await readClaim(world.store, 'one', 't2')).toEqual({ editId: edit.id, attempt: 1 })
      expect(await reserved()).toBe('200000')
      expect(await isAwake(edit.id, 'poll')).toBe(true)
      // the other one may be a stranger's: it is kept from those who look
      expect(await ledger.ownerOf('one', ['t1'])).toEqual([edit.id])
    })

    it('takes none but a candidate, unless told to', async () => {
      const edit = await hold(['t1'])
      expect((await decide(edit.id, { action: 'adopt', taskId: 't9' })).json()).toMatchObject({
        ...problem('invalid-request', 422),
        errors: [{ pointer: '/taskId', detail: expect.stringContaining('they are t1') }],
      })
      expect(await ledger.ownerOf('one', ['t9'])).toEqual([undefined])
      await after(edit, { action: 'adopt', taskId: 't9', force: true }, 'running')
    })

    it('goes on where an earlier try has left off', async () => {
      const edit = await hold(['t1'])
      await writeAnswer(world.store, edit, { v: 1, outcome: 'accepted', taskId: 't1', at: 7 })
      expect(await after(edit, { action: 'adopt', taskId: 't1' }, 'running')).toMatchObject({
        submittedAt: 7,
      })
    })

    it('takes no task that the ledger or the bucket knows as another’s', async () => {
      const other = await hold(['t1'])
      await claimTask(world.store, other, 't2')
      const edit = await hold(['t2'])
      for (const taskId of ['t1', 't2']) {
        const answer = await decide(edit.id, { action: 'adopt', taskId, force: true })
        expect(answer.json()).toMatchObject(problem('task-taken'))
      }
      expect(await readAnswer(world.store, edit.id, 1)).toBeUndefined()
      expect((await read(edit.id)).state).toBe('review')
    })

    it('does not go against an answer that is known', async () => {
      const edit = await hold(['t1', 't2'])
      await writeAnswer(world.store, edit, { v: 1, outcome: 'accepted', taskId: 't3', at: 1 })
      expect((await decide(edit.id, { action: 'adopt', taskId: 't1' })).json()).toMatchObject({
        ...problem('already-answered'),
        detail: expect.stringContaining('Adopt that task'),
      })
      await after(edit, { action: 'adopt', taskId: 't3' }, 'running')
    })
  })

  describe('resubmitting', () => {
    it('notes that no task counts, releases the money and puts the edit into the backlog', async () => {
      const edit = await hold(['t1'])
      await after(edit, { action: 'resubmit' }, 'queued')
      expect(await readAnswer(world.store, edit.id, 1)).toMatchObject({
        outcome: 'none',
        code: 'Resubmitted',
      })
      expect(await reserved()).toBe('0')
      expect(await ledger.waiting(edit.request.model)).toBe(1)
    })

    it('does not go against a task that is known', async () => {
      const edit = await hold(['t1'])
      await writeAnswer(world.store, edit, { v: 1, outcome: 'accepted', taskId: 't1', at: 1 })
      expect((await decide(edit.id, { action: 'resubmit' })).json()).toMatchObject(
        problem('already-answered'),
      )
      expect((await read(edit.id)).state).toBe('review')
    })
  })

  describe('held since its answer named another’s task', () => {
    async function answeredWithAnothers(): Promise<Edit> {
      const other = await hold(['t1'])
      await writeAnswer(world.store, other, { v: 1, outcome: 'accepted', taskId: 't1', at: 1 })
      await decide(other.id, { action: 'adopt', taskId: 't1' })
      const edit = await hold()
      await writeAnswer(world.store, edit, { v: 1, outcome: 'accepted', taskId: 't1', at: 1 })
      return edit
    }

    it('is resubmitted: such an answer says nothing of it', async () => {
      const edit = await answeredWithAnothers()
      expect((await after(edit, { action: 'resubmit' }, 'queued')).returned).toBeUndefined()
    })

    it('adopts the task that is its own, and not the other’s', async () => {
      const edit = await answeredWithAnothers()
      const theirs = await decide(edit.id, { action: 'adopt', taskId: 't1', force: true })
      expect(theirs.json()).toMatchObject(problem('task-taken'))
      const now = await after(edit, { action: 'adopt', taskId: 't7', force: true }, 'running')
      expect(now).toMatchObject({ taskId: 't7', submittedAt: edit.intentAt })
    })
  })

  it('dropping notes the end, releases the money and tells the producer', async () => {
    const edit = await hold(['t1'])
    const failure = { code: 'Dropped', message: 'given up by a person: two tasks could be it' }
    expect(await after(edit, { action: 'drop' }, 'failed')).toMatchObject({ failure })
    expect(await readEnded(world.store, edit.id, 1)).toEqual({ state: 'failed', failure })
    expect(await reserved()).toBe('0')
    const events = await ledger.events('shop').page('0', 10)
    expect(events.map(({ event }) => [event.type, event.subject])).toEqual([
      ['restyle.edit.held', edit.id],
      ['restyle.edit.failed', edit.id],
    ])
  })
})
