import { openRows } from './rows-store.ts'

type View = { row: number; text: string }
type Call = {
  rows: string
  signal: AbortSignal
  answer: (views: View[]) => void
  fail: (why: unknown) => void
}

/** The producer asks to come back in 12 s. */
const busy = new Error('busy')

function open() {
  const calls: Call[] = []
  const changes = { count: 0 }
  const clock = { now: 0 }
  const timers: { ms: number; run: () => void }[] = []
  const rows = openRows<View>({
    read: (text, signal) => {
      const { promise, resolve, reject } = Promise.withResolvers<View[]>()
      signal.addEventListener('abort', () => reject(signal.reason))
      calls.push({ rows: text, signal, answer: resolve, fail: reject })
      return promise
    },
    changed: () => (changes.count += 1),
    now: () => clock.now,
    waitOf: (error) => (error === busy ? 12_000 : undefined),
    later: (ms, run) => {
      const timer = { ms, run }
      timers.push(timer)
      return () => timers.splice(timers.indexOf(timer), 1)
    },
  })
  return { rows, calls, changes, clock, timers }
}
const view = (row: number, text = `r${row}`): View => ({ row, text })
const settled = () => new Promise((resolve) => setImmediate(resolve))

it('reads what is wanted once', async () => {
  const { rows, calls, changes } = open()
  rows.want([1, 2, 3])
  rows.want([1, 2, 3])
  calls[0]?.answer([view(1), view(2), view(3)])
  await settled()
  rows.want([2, 3])
  expect(calls.map((each) => each.rows)).toEqual(['1-3'])
  expect([rows.get(2)?.text, changes.count]).toEqual(['r2', 1])
})

it('gives up what is scrolled past', async () => {
  const { rows, calls } = open()
  rows.want([1, 2])
  rows.want([900, 901])
  expect(calls.map(({ signal }) => signal.aborted)).toEqual([true, false])
  calls[1]?.answer([view(900), view(901)])
  await settled()
  expect(rows.failure()).toBeUndefined()
  rows.want([1, 2])
  expect(calls[2]?.rows).toBe('1-2')
})

it('does not ask again for a row that is not there', async () => {
  const { rows, calls } = open()
  rows.want([1, 2])
  calls[0]?.answer([view(1)])
  await settled()
  rows.want([1, 2])
  expect(calls).toHaveLength(1)
})

it('shows a row as it was until it is read again', async () => {
  const { rows, calls } = open()
  rows.want([1])
  calls[0]?.answer([view(1)])
  await settled()
  rows.touch([1, 7])
  expect([calls[1]?.rows, rows.get(1)?.text]).toEqual(['1', 'r1'])
  calls[1]?.answer([view(1, 'new')])
  await settled()
  expect([rows.get(1)?.text, calls.length]).toEqual(['new', 2])
})

it('reads a row once more that changed while it was read', async () => {
  const { rows, calls } = open()
  rows.want([1])
  calls[0]?.answer([view(1)])
  await settled()
  rows.touch([1])
  rows.touch([1])
  calls[1]?.answer([view(1, 'old')])
  await settled()
  calls[2]?.answer([view(1, 'new')])
  await settled()
  expect([rows.get(1)?.text, calls.length]).toEqual(['new', 3])
})

it('keeps what it has when a call fails, and waits before the next one unless it is asked to', async () => {
  const { rows, calls, clock } = open()
  rows.want([1])
  calls[0]?.fail(new Error('away'))
  await settled()
  rows.want([1, 2])
  expect([calls.length, String(rows.failure())]).toEqual([1, 'Error: away'])
  clock.now = 3_001
  rows.want([1, 2])
  expect(calls.length).toBe(2)
  calls[1]?.fail(new Error('away'))
  await settled()
  rows.retry()
  calls[2]?.answer([view(1), view(2)])
  await settled()
  expect([rows.get(2)?.text, rows.failure()]).toEqual(['r2', undefined])
})

it('forgets the oldest rows where there are too many, never those on the screen', async () => {
  const { rows, calls } = open()
  rows.want([1])
  calls[0]?.answer([view(1)])
  await settled()
  rows.want([1, 2])
  for (let row = 2; row <= 6_000; row += 1) rows.put(row, view(row))
  expect([rows.get(1)?.text, rows.get(2)?.text, rows.get(3), rows.get(6_000)?.text]).toEqual([
    'r1',
    'r2',
    undefined,
    'r6000',
  ])
})

it('asks nothing after it was closed', async () => {
  const { rows, calls } = open()
  rows.want([1])
  rows.close()
  await settled()
  rows.want([2])
  expect([calls.length, calls[0]?.signal.aborted]).toEqual([1, true])
})

it('reads for the viewer and the grid at once, first for who asked last', async () => {
  const { rows, calls } = open()
  rows.want([1, 2])
  rows.want([900], 'viewer')
  expect(calls.map((each) => [each.rows, each.signal.aborted])).toEqual([
    ['1-2', false],
    ['900', false],
  ])
})

it('asks again by itself when the producer has said when, and does not call that a failure', async () => {
  const { rows, calls, clock, timers } = open()
  rows.want([1])
  calls[0]?.fail(busy)
  await settled()
  expect([rows.failure(), timers.map(({ ms }) => ms)]).toEqual([undefined, [12_000]])
  clock.now = 11_999
  rows.want([1, 2])
  expect(calls.length).toBe(1)
  clock.now = 12_000
  timers[0]?.run()
  expect(calls[1]?.rows).toBe('1-2')
})

it('waits no more after it was closed', async () => {
  const { rows, calls, timers } = open()
  rows.want([1])
  calls[0]?.fail(busy)
  await settled()
  rows.close()
  expect(timers).toEqual([])
})
