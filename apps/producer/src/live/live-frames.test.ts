import { Batch } from '@restyle/shared/contract/batch'
import { noVerdict, type Planes } from '@restyle/shared/contract/planes'
import { differenceOf, mostChanges } from './difference.ts'
import { liveFrames } from './live-frames.ts'
import { watchBatches, type Watched } from './watch-batches.ts'

const planes = (version: number, state: string, code: readonly number[] = []): Planes => {
  const bytes = {
    state: Buffer.from(state),
    verdict: Buffer.alloc(state.length, noVerdict),
    code: Buffer.from([...code, ...Array.from({ length: state.length - code.length }, () => 0)]),
    redo: Buffer.alloc(state.length),
  }
  return { version, rows: state.length, bytes }
}

describe('a difference', () => {
  it('names rows from 1 on, planes from 0 on, and bytes', () => {
    expect(differenceOf(planes(1, 'qq.'), planes(2, 'q-.', [0, 2]))).toEqual([
      [2, 0, '-'.charCodeAt(0)],
      [2, 2, 2],
    ])
  })

  it('leaves out new rows that rest, and has those that do not', () => {
    expect(differenceOf(planes(1, 'q'), planes(2, 'q.+'))).toEqual([[3, 0, '+'.charCodeAt(0)]])
  })

  it('is found at the end of many rows, and is none where it is more than a message tells', () => {
    const [many, all] = ['.'.repeat(100_000), '.'.repeat(mostChanges)]
    expect(differenceOf(planes(1, many), planes(2, `${many.slice(1)}+`))).toEqual([[100_000, 0, 43]])
    expect(differenceOf(planes(1, all), planes(2, '+'.repeat(mostChanges)))).toHaveLength(mostChanges)
    expect(differenceOf(planes(1, `${all}.`), planes(2, '+'.repeat(mostChanges + 1)))).toBeUndefined()
    expect(differenceOf(planes(1, all), planes(2, '.'))).toBeUndefined()
  })
})

function stand(...kept: Planes[]): Watched {
  return {
    kind: 'batch',
    id: 'b',
    kept,
    version: kept.at(-1)?.version ?? 0,
    views: new Map(),
    gone: false,
    lookedAt: 0,
    changes: 0,
    readers: new Set(),
  }
}

/** What the next look at it finds. */
function move(watched: Watched, next: Planes, keeps = 4): void {
  watched.kept = [...watched.kept, next].slice(-keeps)
  watched.version = next.version
  watched.changes += 1
  for (const wake of watched.readers) wake()
}

/** A reader, who gets the next event that is told. */
function read(watched: Watched, version?: number, heartbeatMs?: number) {
  const over = new AbortController()
  const more = heartbeatMs === undefined ? {} : { heartbeatMs }
  const frames = liveFrames({ followed: [{ watched, version }], signal: over.signal, ...more })
  return readerOf(frames, over)
}

function readerOf(frames: AsyncGenerator<string>, over: AbortController) {
  return {
    next: async () => {
      for (;;) {
        const { value, done } = await frames.next()
        if (done === true) return { event: 'ended' }
        const [, event] = /^event: (.*)$/m.exec(value) ?? []
        const [, data] = /^data: (.*)$/m.exec(value) ?? []
        if (event !== undefined) return { event, ...(JSON.parse(data ?? '{}') as object) }
      }
    },
    leave: () => over.abort(),
  }
}

describe('who follows a batch', () => {
  it('is sent to its map first, and then hears what has changed since', async () => {
    const watched = stand(planes(5, 'qq'))
    const reader = read(watched)
    expect(await reader.next()).toEqual({ event: 'map-reset', batch: 'b', version: 5 })
    const next = reader.next()
    move(watched, planes(6, 'qr'))
    expect(await next).toEqual({ event: 'map', batch: 'b', version: 6, rows: 2, changes: [[2, 0, 114]] })
    reader.leave()
  })

  it('goes on where it was, and hears nothing where nothing has changed', async () => {
    const same = read(stand(planes(5, 'qq'), planes(6, 'qr')), 6, 20)
    expect(await same.next()).toEqual({ event: 'ping', readAt: '1970-01-01T00:00:00.000Z' })
    const behind = read(stand(planes(5, 'qq'), planes(6, 'qr')), 5)
    expect(await behind.next()).toMatchObject({ event: 'map', version: 6, changes: [[2, 0, 114]] })
    const far = read(stand(planes(5, 'qq'), planes(6, 'qr')), 4)
    expect(await far.next()).toMatchObject({ event: 'map-reset', version: 6 })
    for (const each of [same, behind, far]) each.leave()
  })

  it('and is slow gets one difference in place of many, and the map where it is too far behind', async () => {
    const watched = stand(planes(5, 'qq'))
    const reader = read(watched, 5)
    const next = reader.next()
    move(watched, planes(6, 'qr'))
    await next
    move(watched, planes(7, 'rr'))
    move(watched, planes(8, '+r'))
    expect(await reader.next()).toMatchObject({ version: 8, changes: [[1, 0, 43]] })
    for (const version of [9, 10, 11, 12, 13]) move(watched, planes(version, '++'))
    expect(await reader.next()).toEqual({ event: 'map-reset', batch: 'b', version: 13 })
    reader.leave()
  })

  it('is not sent to the map again and again', async () => {
    const watched = stand(planes(5, 'qq'))
    const reader = read(watched)
    await reader.next()
    const began = performance.now()
    const next = reader.next()
    move(watched, planes(6, 'q'), 1)
    move(watched, planes(7, ''), 1)
    expect(await next).toMatchObject({ event: 'map-reset', version: 7 })
    expect(performance.now() - began).toBeGreaterThan(1_500)
    reader.leave()
  })

  it('hears of a batch when it is another one, and the end of one that is gone', async () => {
    const watched = stand(planes(5, 'qq'))
    watched.views = new Map([['b', '{"id":"b"}']])
    const reader = read(watched, 5)
    expect(await reader.next()).toEqual({ event: 'batch', id: 'b' })
    const next = reader.next()
    watched.views = new Map([['b', '{"id":"b","name":"x"}']])
    move(watched, planes(5, 'qq'))
    expect(await next).toEqual({ event: 'batch', id: 'b', name: 'x' })
    const last = reader.next()
    watched.gone = true
    move(watched, planes(5, 'qq'))
    expect(await last).toEqual({ event: 'gone', batch: 'b' })
    expect(await reader.next()).toEqual({ event: 'ended' })
  })

  it('and has heard nothing in the first second gets a word all the same, and then one in each heartbeat', async () => {
    const began = performance.now()
    const reader = read(stand(planes(5, 'qq')), 5, 1_400)
    expect(await reader.next()).toMatchObject({ event: 'ping' })
    expect(performance.now() - began).toBeLessThan(1_350)
    expect(await reader.next()).toMatchObject({ event: 'ping' })
    expect(performance.now() - began).toBeGreaterThan(2_300)
    reader.leave()
  })
})

describe('who follows several batches', () => {
  const named = (id: string, watched: Watched): Watched => Object.assign(watched, { id })
  const follow = (
    all: readonly Watched[],
    versions: readonly (number | undefined)[],
    missing: readonly string[] = [],
  ) => {
    const over = new AbortController()
    const followed = all.map((watched, i) => ({ watched, version: versions[i] }))
    return readerOf(liveFrames({ followed, missing, signal: over.signal }), over)
  }

  it('hears of each from where it was with that, and of none that is not there', async () => {
    const [a, b] = [named('a', stand(planes(5, 'qq'), planes(6, 'qr'))), named('b', stand(planes(2, 'q')))]
    const reader = follow([a, b], [5, undefined], ['c'])
    expect(await reader.next()).toEqual({ event: 'gone', batch: 'c' })
    expect(await reader.next()).toMatchObject({
      event: 'map',
      batch: 'a',
      version: 6,
      changes: [[2, 0, 114]],
    })
    expect(await reader.next()).toEqual({ event: 'map-reset', batch: 'b', version: 2 })
    const next = reader.next()
    move(b, planes(3, '+'))
    expect(await next).toMatchObject({ event: 'map', batch: 'b', version: 3 })
    reader.leave()
  })

  it('goes on without one that is gone, and ends with the last', async () => {
    const [a, b] = [named('a', stand(planes(5, 'qq'))), named('b', stand(planes(2, 'q')))]
    const reader = follow([a, b], [5, 2])
    const next = reader.next()
    a.gone = true
    move(a, planes(5, 'qq'))
    expect(await next).toEqual({ event: 'gone', batch: 'a' })
    const later = reader.next()
    move(b, planes(3, '+'))
    expect(await later).toMatchObject({ event: 'map', batch: 'b' })
    b.gone = true
    move(b, planes(3, '+'))
    expect(await reader.next()).toEqual({ event: 'gone', batch: 'b' })
    expect(await reader.next()).toEqual({ event: 'ended' })
  })

  it('hears a view once where the list has that batch too, although the list is a look behind', async () => {
    const [a, newest] = [named('a', stand(planes(5, 'qq'))), named('mine', stand())]
    Object.assign(newest, { kind: 'batches', version: undefined })
    a.views = new Map([['a', '{"id":"a","seen":2}']])
    newest.views = new Map([
      ['a', '{"id":"a","seen":1}'],
      ['z', '{"id":"z"}'],
    ])
    const reader = follow([newest, a], [undefined, 5])
    expect(await reader.next()).toEqual({ event: 'batch', id: 'z' })
    expect(await reader.next()).toEqual({ event: 'batch', id: 'a', seen: 2 })
    const next = reader.next()
    newest.views = new Map([
      ['a', '{"id":"a","seen":1}'],
      ['z', '{"id":"z","seen":3}'],
    ])
    move(a, planes(5, 'qq'))
    expect(await next).toEqual({ event: 'batch', id: 'z', seen: 3 })
    reader.leave()
  })
})

const batchOf = (mapVersion: number): Batch =>
  Batch.parse({ id: 'b', producer: 'acme', bodyHash: 'h', total: '2', mapVersion: String(mapVersion) })

describe('a watch', () => {
  it('reads once for all who follow a batch, the bytes only when they are others, and nothing for nobody', async () => {
    const calls = { planesNow: 0, readPlanes: 0 }
    let version = 1
    const heard = Promise.withResolvers<void>()
    const ledger = {
      planesNow: async (ids: readonly string[]) => {
        calls.planesNow += 1
        if (calls.planesNow === 3) version = 2
        if (calls.planesNow === 5) heard.resolve()
        return ids.map(() => ({ version, rows: 2 }))
      },
      readPlanes: async () => {
        calls.readPlanes += 1
        return planes(version, 'qq')
      },
      readBatches: async () => [{ kind: 'batch' as const, batch: batchOf(version), failures: new Map() }],
      listMade: async () => [],
    }
    const watch = watchBatches(ledger, () => {})
    const readers = Array.from({ length: 5 }, () => watch.enter('batch', 'b'))
    await heard.promise
    expect(new Set(readers.map(({ watched }) => watched)).size).toBe(1)
    expect(calls).toEqual({ planesNow: 5, readPlanes: 2 })
    for (const { leave } of readers) leave()
    const before = calls.planesNow
    await new Promise((resolve) => setTimeout(resolve, 600))
    expect(calls.planesNow).toBe(before)
    watch.stop()
  })
})
