import type { Operation } from '@restyle/client/types'
import type { Course } from './course.ts'
import type { Many } from './many-of.ts'
import { openOrders, type OrderTools } from './orders.ts'
import type { Deed } from './undo.ts'

const settled = () => new Promise((resolve) => setImmediate(resolve))
const approve = (rows: string): Many => ({ verdict: 'approved', rows })

/** A producer that answers a call when it is told to. `names`: of calls that wait, such as `judge 1-3` or `wait o1`. */
function open() {
  const asked: { name: string; give: (operation: Operation | Error) => void }[] = []
  const [log, said]: [string[], string[]] = [[], []]
  const shown: (Course | undefined)[] = []
  const holds: boolean[] = []
  const ask = (name: string, signal?: AbortSignal) => {
    log.push(name)
    return new Promise<Operation>((resolve, reject) => {
      asked.push({ name, give: (what) => (what instanceof Error ? reject(what) : resolve(what)) })
      signal?.addEventListener('abort', () => reject(signal.reason as Error))
    })
  }
  const tools: OrderTools = {
    judge: ({ verdict, rows, except }) =>
      ask(`${verdict} ${rows}${except === undefined ? '' : ` but ${except}`}`),
    wait: (id, { signal }) => ask(`wait ${id}`, signal),
    undo: (id) => ask(`undo ${id}`),
    show: (course) => shown.push(course),
    holds: (does) => holds.push(does),
    changed: () => {},
    say: (text) => said.push(text),
    failed: (error) => said.push(String(error)),
  }
  let deeds: Deed[] = []
  const memory = {
    did: (deed: Deed) => deeds.push(deed),
    forgot: (deed: Deed) => (deeds = deeds.filter((each) => each !== deed)),
  }
  const orders = openOrders(tools)
  return {
    orders,
    log,
    said,
    shown,
    holds,
    deeds: () => deeds.length,
    wish: (...rows: string[]) => orders.wish({ parts: rows.map(approve), rows: 2 * rows.length }, memory),
    /** Takes back the newest. */
    back: () => {
      const deed = deeds.pop()
      return deed?.kind === 'operation' ? deed.takeBack() : undefined
    },
    /** The oldest call of that name comes to this. */
    answers: async (name: string, what: Partial<Operation> | Error) => {
      const at = asked.findIndex((each) => each.name === name)
      const [call] = asked.splice(at, 1)
      if (at < 0 || call === undefined) throw new Error(`nobody asks: ${name}`)
      call.give(what instanceof Error ? what : operation(what))
      await settled()
    },
  }
}
const operation = (more: Partial<Operation>): Operation => ({
  id: 'o1',
  batch: 'b1',
  state: 'done',
  verdict: 'approved',
  by: 'key',
  matched: 2,
  skipped: 0,
  done: 2,
  left: 0,
  createdAt: '2026-03-02T21:14:09.120Z',
  ...more,
})

it('does one wish after another, however late the first is answered', async () => {
  const { wish, answers, log, said, shown, holds } = open()
  wish('1-2')
  wish('3-4')
  await settled()
  expect([log, shown.at(-1)]).toEqual([['approved 1-2'], expect.objectContaining({ ahead: 2, waiting: 1 })])
  await answers('approved 1-2', { state: 'running', done: 1 })
  await answers('wait o1', {})
  expect(log).toEqual(['approved 1-2', 'wait o1', 'approved 3-4'])
  expect(holds.at(-1)).toBe(true)
  await answers('approved 3-4', { id: 'o2' })
  expect(said).toEqual(['2 verdicts stored.', '2 verdicts stored.'])
  expect([shown.at(-1), holds.at(-1)]).toEqual([undefined, false])
})

it('goes on with the parts of a wish when another one comes, and says what could not be ordered', async () => {
  const { wish, answers, log, said } = open()
  wish('1-2', '4-5', '7-8')
  await answers('approved 1-2', {})
  wish('20-21')
  await answers('approved 4-5', new Error('away'))
  expect(said).toEqual(['Error: away', '2 verdicts stored; 4 rows not judged.'])
  await answers('approved 20-21', { id: 'o3' })
  expect(log).toEqual(['approved 1-2', 'approved 4-5', 'approved 20-21'])
})

it('takes back what waits without an order, and what is on its way as soon as the producer has it', async () => {
  const { wish, back, answers, log, said, deeds } = open()
  wish('1-2', '4-5')
  wish('7-8')
  expect(back()).toBe('The verdict on 2 rows is taken back: it was not ordered yet.')
  expect(back()).toBe('The verdict on 4 rows is being taken back.')
  await answers('approved 1-2', { state: 'running', done: 1 })
  await answers('undo o1', { state: 'undone', done: 1, restored: 1 })
  expect(log).toEqual(['approved 1-2', 'undo o1'])
  expect([said, deeds()]).toEqual([['1 verdict taken back.'], 0])
})

it('ends what is waited for when it is taken back', async () => {
  const { wish, back, answers, log } = open()
  wish('1-2')
  await answers('approved 1-2', { state: 'running', done: 1 })
  back()
  await settled()
  expect(log).toEqual(['approved 1-2', 'wait o1', 'undo o1'])
})

it('takes back the parts of a wish that has ended, the newest first, after what is under way', async () => {
  const { wish, back, answers, log } = open()
  wish('1-2', '4-5')
  await answers('approved 1-2', {})
  await answers('approved 4-5', { id: 'o2' })
  back()
  await answers('undo o2', { id: 'o2', state: 'undoing' })
  wish('7-8')
  await answers('wait o2', { id: 'o2', state: 'undone' })
  await answers('undo o1', { state: 'undone' })
  expect(log.slice(2)).toEqual(['undo o2', 'wait o2', 'undo o1', 'approved 7-8'])
})

it('remembers what could not be taken back, and nothing of what was not ordered', async () => {
  const { wish, back, answers, said, deeds } = open()
  wish('1-2')
  await answers('approved 1-2', {})
  back()
  await answers('undo o1', new Error('away'))
  expect([deeds(), said.includes('Error: away')]).toEqual([1, true])
  back()
  await answers('undo o1', { state: 'undone', restored: 2 })
  wish('4-5')
  await answers('approved 4-5', new Error('refused'))
  expect([deeds(), said.slice(-2)]).toEqual([0, ['Error: refused', '0 verdicts stored; 2 rows not judged.']])
})

it('leaves a row as it is that was judged alone since', async () => {
  const { orders, wish, answers, log } = open()
  wish('1-2')
  wish('1-9')
  orders.alone(5, 1)
  orders.alone(7, 1)
  orders.alone(7, -1)
  await answers('approved 1-2', {})
  expect(log).toEqual(['approved 1-2', 'approved 1-9 but 5'])
  // another one cannot be left out any more
  expect([orders.wishedOf(3), orders.wishedOf(10)]).toEqual([['approved'], []])
})

it('takes no more than wait', async () => {
  const { wish, back } = open()
  expect(Array.from({ length: 12 }, () => wish('1-2'))).toEqual([...Array(11).fill(true), false])
  back()
  expect(wish('1-2')).toBe(true)
})
