import type { Operation } from '@restyle/client/types'
import { counted } from '../app/format.ts'
import { endWords, isOver, type Course, rowsNamed } from './course.ts'
import type { VerdictName } from './filter.ts'
import { isAmong, type Many, withoutRows } from './many-of.ts'
import type { Deed } from './undo.ts'

/** So many wishes wait for their turn: what was wished longer ago than that nobody remembers. */
const mostWaiting = 10

type Waits = { onRead: (operation: Operation) => void; signal?: AbortSignal }

export type OrderTools = {
  judge: (part: Many) => Promise<Operation>
  /** Gives the operation when it has ended. */
  wait: (id: string, how: Waits) => Promise<Operation>
  undo: (id: string) => Promise<Operation>
  /** How far that is which is under way; undefined where nothing is. */
  show: (course: Course | undefined) => void
  /** Whether there is something that nobody would order if the page were closed. */
  holds: (does: boolean) => void
  /** Rows are different at the producer now. */
  changed: () => void
  say: (text: string) => void
  failed: (error: unknown) => void
}

/** Where what can be taken back is remembered. */
type Memory = { did: (deed: Deed) => void; forgot: (deed: Deed) => void }

/** A verdict on many rows: `parts` are ordered one after another, and are `rows` rows together. */
type Wanted = { parts: readonly Many[]; rows: number }

type Wish = Wanted & {
  state: 'waiting' | 'under way' | 'ended'
  operations: Operation[]
  /** Rows that were judged alone since it was wished: they keep that verdict. */
  alone: number[]
  /** Aborted where it is taken back before it has ended. */
  stop: AbortController
  deed: Deed
  memory: Memory
}
type Turn = { wish: Wish; isUndo: boolean }

/**
 * Verdicts of many rows, as operations of the producer: one wish after another, each in its parts. Only an undo takes one back, also
 * while it waits or is under way.
 */
export function openOrders(tools: OrderTools) {
  const line: Turn[] = []
  const open = new Set<Wish>()
  let course: Course | undefined
  const show = (next: Course | undefined) => {
    course = next
    tools.show(next && { ...next, waiting: line.length })
    tools.holds(line.length > 0 || (next?.unsent ?? false))
  }
  const goOn = openTurns(line, async ({ wish, isUndo }) => {
    if (!isUndo) await order(wish, tools, show)
    if (isUndo || wish.stop.signal.aborted) await takeBack(wish, tools, show)
    open.delete(wish)
    tools.changed()
    if (line.length === 0) show(undefined)
  })
  const add = (turn: Turn) => {
    line.push(turn)
    show(course)
    goOn()
  }
  const back = (wish: Wish): string => {
    const rows = counted(wish.rows, 'row')
    if (wish.state === 'waiting') {
      line.splice(
        line.findIndex((turn) => turn.wish === wish),
        1,
      )
      open.delete(wish)
      show(course)
      return `The verdict on ${rows} is taken back: it was not ordered yet.`
    }
    if (wish.state === 'ended') add({ wish, isUndo: true })
    wish.stop.abort()
    return `The verdict on ${rows} is being taken back.`
  }
  return {
    /** Has rows judged, in turn; it can be taken back from now on. False where too many wishes wait already. */
    wish: (wanted: Wanted, memory: Memory): boolean => {
      if (line.length >= mostWaiting) return false
      const deed: Deed = { kind: 'operation', takeBack: () => back(wish) }
      const wish: Wish = {
        ...wanted,
        state: 'waiting',
        operations: [],
        alone: [],
        stop: new AbortController(),
        deed,
        memory,
      }
      open.add(wish)
      memory.did(deed)
      add({ wish, isUndo: false })
      return true
    },
    ...rowsAlone(open),
  }
}
export type Orders = ReturnType<typeof openOrders>

/** Rows that are judged alone while verdicts on many wait or are under way. */
const rowsAlone = (open: ReadonlySet<Wish>) => ({
  /** A row was judged alone, or (`-1`) that was taken back: what is ordered from now on leaves it as it is. */
  alone: (row: number, by: 1 | -1): void => {
    for (const { alone } of open) {
      if (by === 1) alone.push(row)
      else if (alone.includes(row)) alone.splice(alone.lastIndexOf(row), 1)
    }
  },
  /** The verdicts that a row may get of those that are under way. */
  wishedOf: (row: number): VerdictName[] =>
    [...open].flatMap(({ state, parts }) =>
      state === 'waiting'
        ? []
        : parts.filter((part) => isAmong(part, row)).map(({ verdict }) => verdict ?? 'none'),
    ),
})

/** Takes turn after turn of a line, as long as there are any. */
function openTurns(line: Turn[], take: (turn: Turn) => Promise<void>): () => void {
  let goes = false
  const goOn = async () => {
    goes = true
    for (let turn = line.shift(); turn !== undefined; turn = line.shift()) await take(turn)
    goes = false
  }
  return () => {
    if (!goes) void goOn()
  }
}

type Show = (course: Course) => void

/** Gives the orders one after another, each when the one before has ended. */
async function order(wish: Wish, tools: OrderTools, show: Show): Promise<void> {
  const { parts, operations, stop } = wish
  wish.state = 'under way'
  // the last of them that were not ordered
  const ahead = () => (operations.length === 0 ? wish.rows : rowsNamed(parts.slice(operations.length)))
  const now = (): Course => ({
    isUndo: false,
    operations: [...operations],
    ahead: ahead(),
    unsent: ahead() > 0,
  })
  try {
    for (const [at, part] of parts.entries()) {
      if (stop.signal.aborted) break
      show(now())
      const onRead = (operation: Operation) => {
        operations[at] = operation
        show(now())
      }
      const operation = await tools.judge(withoutRows(part, wish.alone))
      onRead(operation)
      if (stop.signal.aborted || isOver(operation)) continue
      onRead(await tools.wait(operation.id, { onRead, signal: stop.signal }))
    }
  } catch (error) {
    if (error !== stop.signal.reason) tools.failed(error)
  }
  wish.state = 'ended'
  if (operations.length === 0) wish.memory.forgot(wish.deed)
  if (!stop.signal.aborted) tools.say(endWords(now()))
}

/** Takes back what was ordered of it, the newest first. */
async function takeBack(wish: Wish, tools: OrderTools, show: Show): Promise<void> {
  const operations = wish.operations.toReversed()
  let unsent = operations.length
  const now = (): Course => ({ isUndo: true, operations: [...operations], ahead: 0, unsent: unsent > 0 })
  try {
    for (const [at, { id }] of operations.entries()) {
      show(now())
      const onRead = (operation: Operation) => {
        operations[at] = operation
        show(now())
      }
      const operation = await tools.undo(id)
      unsent -= 1
      onRead(operation)
      if (!isOver(operation)) onRead(await tools.wait(id, { onRead }))
    }
  } catch (error) {
    tools.failed(error)
    // nothing is undone twice: it can be tried once more
    wish.memory.did(wish.deed)
  }
  if (operations.length > 0) tools.say(endWords(now()))
}
