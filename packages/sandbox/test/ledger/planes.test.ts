import { mapByte, restingByte, retryByte } from '@restyle/shared/contract/edit-state'
import { mostCodes } from '@restyle/shared/contract/planes'
import type { Edit } from '@restyle/shared/contract/edit'
import type { NewEdit } from '@restyle/shared/contract/new-edit'
import { editIdOfTake } from '@restyle/shared/ledger/batches'
import { withoutRows, resultsOf } from '@restyle/shared/rows/results'
import fc from 'fast-check'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { asked, changeTo, type LedgerWorld, openLedgerWorld } from './ledger-world.ts'

let server: RedisServer
let redis: Redis
let world: LedgerWorld
let tests = 0

const lot = { model: 'wan2.5-i2i-preview', class: 'standard' }
const rowOf = (row: number, take = 1): NewEdit =>
  asked(editIdOfTake('b', row, take), { batch: 'b', row, ...(take === 1 ? {} : { take }) })
const failure = (code: string) => ({ code, message: 'as the test wants it' })

const renew = (): void => {
  tests += 1
  world = openLedgerWorld(redis, `{planes${tests}}`)
}
beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = new Redis(server.url)
})
beforeEach(renew)
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

async function opened(total: number): Promise<void> {
  await world.ledger.openBatch({ id: 'b', producer: 'acme', name: '', total, bodyHash: 'h' })
  await world.ledger.appendRows({ batch: 'b', first: 0, count: total, lots: [lot] })
}

async function fed(from: number, to: number, take = 1): Promise<Edit[]> {
  const edits = Array.from({ length: to - from }, (_, i) => rowOf(from + i, take))
  await redis.hset(world.keys.batch('b'), `fed:${lot.model}:${lot.class}`, from)
  await world.ledger.feed({ ...lot, batch: 'b', from, to, edits })
  const read = await world.ledger.readMany(edits.map(({ id }) => id))
  return read.filter((edit) => edit !== undefined)
}

const fail = (edit: Edit, code: string) =>
  world.ledger.move(edit, { to: 'failed', set: { failure: failure(code) } })

/** The planes as texts; a code by its name. */
async function planes() {
  const batch = await world.ledger.readBatch('b')
  if (batch === undefined) throw new Error('no batch')
  const { bytes, rows, version } = await world.ledger.readPlanes(batch)
  const codes = [...bytes.code].map((byte) => (byte === 0 ? '' : batch.codes?.[byte - 1]))
  const redo = bytes.redo.toString('latin1').replaceAll('\0', ' ')
  return { state: bytes.state.toString(), verdict: bytes.verdict.toString(), codes, redo, rows, version }
}

describe('the planes of a batch', () => {
  it('tell the state of each row, and the code of each that failed', async () => {
    await opened(4)
    const [, second, third] = await fed(0, 3)
    if (second === undefined || third === undefined) throw new Error('not fed')
    await fail(third, 'Dull')
    await fail(second, 'Blurred')
    const told = { state: 'q--.', verdict: '....', codes: ['', 'Blurred', 'Dull', ''], rows: 4 }
    expect(await planes()).toMatchObject(told)
    expect((await world.ledger.readBatch('b'))?.codes).toEqual(['Dull', 'Blurred'])
  })

  it('grow with an open batch, and read a verdict beyond rows that nobody has judged', async () => {
    await world.ledger.openBatch({ id: 'b', producer: 'acme', name: '', bodyHash: 'h' })
    expect(await planes()).toMatchObject({ state: '', rows: 0 })
    await world.ledger.appendRows({ batch: 'b', first: 0, count: 3, lots: [lot] })
    await redis.setrange(world.keys.batchVerdicts('b'), 1, 'a')
    expect(await planes()).toMatchObject({ state: '...', verdict: '.a.', codes: ['', '', ''], rows: 3 })
  })

  it('keep the code of a row that is to be tried once more until it has its new edit', async () => {
    await opened(2)
    const [first, second] = await fed(0, 2)
    if (first === undefined || second === undefined) throw new Error('not fed')
    await fail(first, 'Dull')
    await fail(second, 'Dull')
    expect(await world.ledger.retryBatch('b', 1)).toMatchObject({ kind: 'done' })
    expect(await planes()).toMatchObject({ state: '~~', codes: ['Dull', 'Dull'] })
    const [again] = await fed(0, 1, 2)
    expect(await planes()).toMatchObject({ state: 'q~', codes: ['', 'Dull'] })
    if (again === undefined) throw new Error('not fed')
    await fail(again, 'Blurred')
    expect(await planes()).toMatchObject({ state: '-~', codes: ['Blurred', 'Dull'] })
  })

  it('have the code of rows that the bucket has lost, in runs', async () => {
    await opened(5)
    const [third] = await fed(2, 3)
    if (third === undefined) throw new Error('not fed')
    await world.ledger.failRows({ ...lot, batch: 'b', from: 0, to: 5, failure: failure('RowsUnreadable') })
    const lost = 'RowsUnreadable'
    expect(await planes()).toMatchObject({ state: '--q--', codes: [lost, lost, '', lost, lost] })
  })

  it('tell the state of the redo of a row that has changed last, and that something has changed', async () => {
    await opened(3)
    const redoOf = (id: string, row: number, state: Edit['state'], take = 1) =>
      world.standing(id, state, { redoOf: editIdOfTake('b', row, take) })
    await redoOf('edit_r1', 2, 'succeeded')
    const before = await planes()
    expect(before).toMatchObject({ state: '...', redo: '  +' })
    await redoOf('edit_r2', 1, 'failed')
    await redoOf('edit_r3', 0, 'running', 2)
    expect(await planes()).toMatchObject({ state: '...', redo: 'r-+' })
    expect((await planes()).version).toBeGreaterThan(before.version)
    // another redo of the row
    await redoOf('edit_r4', 2, 'canceled')
    expect(await planes()).toMatchObject({ redo: 'r-x' })
  })

  it('tell nothing of what is no redo of a row, nor of a batch that is gone', async () => {
    await opened(1)
    await world.standing('edit_r1', 'queued', { redoOf: 'edit_alone' })
    await world.standing('edit_r2', 'queued', { redoOf: 'gone-4' })
    await world.standing('edit_r3', 'queued')
    expect(await planes()).toMatchObject({ redo: ' ' })
    expect(await redis.exists(world.keys.batchRedos('gone'), world.keys.batch('gone'))).toBe(0)
  })

  it('come back with the results of rows that Redis had forgotten', async () => {
    await opened(3)
    const edits = await fed(0, 2)
    for (const [i, edit] of edits.entries()) await fail(edit, `Code${i}`)
    const ended = await world.ledger.readMany(edits.map(({ id }) => id))
    const results = resultsOf(
      0,
      '---',
      ended.filter((edit) => edit !== undefined),
    )
    renew()
    await world.ledger.openBatch({ id: 'b', producer: 'acme', name: '', total: 3, bodyHash: 'h' })
    await world.ledger.restoreResults('b', withoutRows(results, new Set([0])))
    await world.ledger.appendRows({ batch: 'b', first: 0, count: 3, lots: [lot] })
    // the third row has no line: it failed at rest
    expect(await planes()).toMatchObject({ state: '.--', codes: ['', 'Code1', 'RowsUnreadable'] })
  })

  it('give a code of its own to the first 254 only', async () => {
    const rows = mostCodes + 3
    await opened(rows)
    for (const [i, edit] of (await fed(0, rows)).entries()) await fail(edit, `C${Math.min(i, rows - 2)}`)
    const { codes } = await planes()
    expect(codes.slice(0, mostCodes)).toEqual(Array.from({ length: mostCodes }, (_, i) => `C${i}`))
    expect(codes.slice(mostCodes)).toEqual(['other', 'other', 'other'])
    expect((await world.ledger.readBatch('b'))?.codes).toHaveLength(255)
  })

  it('are kept as long as their batch, and no longer', async () => {
    await opened(1)
    const [edit] = await fed(0, 1)
    if (edit === undefined) throw new Error('not fed')
    await redis.set(world.keys.batchVerdicts('b'), '.')
    await fail(edit, 'Dull')
    // a redo that comes after the end is kept no longer either
    await world.standing('edit_late', 'queued', { redoOf: edit.id })
    const { batch, batchMap, batchCodes, batchVerdicts, batchRedos } = world.keys
    const ttls = () =>
      Promise.all([batch, batchMap, batchCodes, batchVerdicts, batchRedos].map((key) => redis.ttl(key('b'))))
    expect(new Set(await ttls()).size).toBe(1)
    expect((await ttls())[0]).toBeGreaterThan(0)
    await world.ledger.retryBatch('b', 1)
    expect(await ttls()).toEqual([-1, -1, -1, -1, -1])
  })

  it('never have a version again that other bytes had, even when Redis has forgotten the batch', async () => {
    await opened(1)
    await fed(0, 1)
    const { version } = await planes()
    await redis.del(world.keys.batch('b'), world.keys.batchMap('b'), world.keys.edit('b-0'))
    await opened(1)
    expect((await planes()).version).toBeGreaterThan(version)
  })
})

const rows = 4
type Act = {
  act: (typeof acts)[number]
  row: number
  code: string
  state: 'succeeded' | 'failed' | 'canceled'
}
const acts = ['feed', 'end', 'end', 'cancel-row', 'cancel', 'retry', 'lose', 'spare', 'forget'] as const

const sequences = fc.array(
  fc.record<Act>({
    act: fc.constantFrom(...acts),
    row: fc.nat({ max: rows - 1 }),
    code: fc.constantFrom('A', 'B', 'C'),
    state: fc.constantFrom('succeeded', 'failed', 'failed', 'canceled'),
  }),
  { maxLength: 20 },
)

/** What was done, and so what each row must be. */
type Row = { state: string; code: string; take: number }

async function carryOut(
  { act, row, code, state }: Act,
  model: Row[],
  orders: { retries: number; canceled: boolean },
) {
  const { ledger } = world
  const held = model[row]
  if (held === undefined) throw new Error('no such row')
  const edit = await ledger.read(editIdOfTake('b', row, held.take))
  const isEdit = edit !== undefined && held.state === mapByte.queued
  switch (act) {
    case 'feed': {
      if (orders.canceled || ![restingByte, retryByte].includes(held.state)) return
      const take = held.state === retryByte ? orders.retries + 1 : 1
      await fed(row, row + 1, take)
      return void Object.assign(held, { state: mapByte.queued, code: '', take })
    }
    case 'end': {
      if (!isEdit || state === 'succeeded') return
      await ledger.move(
        edit,
        state === 'failed' ? { to: state, set: { failure: failure(code) } } : changeTo(state),
      )
      return void Object.assign(held, { state: mapByte[state], code: state === 'failed' ? code : '' })
    }
    case 'cancel-row': {
      if (!isEdit && held.state !== restingByte) return
      await ledger.cancelEdit(editIdOfTake('b', row, held.take))
      return void Object.assign(held, { state: mapByte.canceled })
    }
    case 'cancel': {
      if ((await ledger.readBatch('b'))?.completedAt !== undefined) return
      await ledger.cancelBatch('b')
      orders.canceled = true
      for (const each of model) {
        if (each.state === restingByte) each.state = mapByte.canceled
        if (each.state === retryByte) each.state = mapByte.failed
      }
      return
    }
    case 'retry': {
      const number = orders.retries + 1
      const answer = await ledger.retryBatch('b', number)
      if (answer.kind === 'done' || answer.kind === 'empty') orders.retries = number
      if (answer.kind === 'done')
        for (const each of model) if (each.state === mapByte.failed) each.state = retryByte
      return
    }
    case 'lose': {
      await ledger.failRows({ ...lot, batch: 'b', from: row, to: row + 1, failure: failure(code) })
      if (held.state === restingByte) Object.assign(held, { state: mapByte.failed, code })
      if (held.state === retryByte) held.state = mapByte.failed
      return
    }
    case 'spare': {
      if (held.state !== retryByte || orders.canceled) return
      await redis.hset(world.keys.batch('b'), `fed:${lot.model}:${lot.class}`, row)
      await ledger.feed({ ...lot, batch: 'b', from: row, to: row + 1, edits: [], spared: [row] })
      return void (held.state = mapByte.failed)
    }
    case 'forget': {
      if (edit !== undefined && !isEdit) await ledger.fold([edit])
    }
  }
}

describe('after anything that can happen to the rows of a batch', () => {
  it('its planes tell what did, and have another version whenever a byte is another one', async () => {
    await fc.assert(
      fc.asyncProperty(sequences, async (sequence) => {
        renew()
        await opened(rows)
        const model: Row[] = Array.from({ length: rows }, () => ({ state: restingByte, code: '', take: 1 }))
        const orders = { retries: 0, canceled: false }
        let before = await planes()
        for (const act of sequence) {
          await carryOut(act, model, orders)
          const after = await planes()
          expect([after.state, after.codes]).toEqual([
            model.map(({ state }) => state).join(''),
            model.map(({ code }) => code),
          ])
          const isSame = after.state === before.state && after.codes.join() === before.codes.join()
          expect(isSame || after.version > before.version).toBe(true)
          before = after
        }
      }),
      { numRuns: 150 },
    )
  }, 60_000)
})
