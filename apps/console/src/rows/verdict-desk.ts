import { ApiError } from '@restyle/client/api-error'
import type { VerdictName } from './filter.ts'
import { isSame, type Said } from './said.ts'
import { backWords, forget, remember, takeBack, type Deed, type Deeds } from './undo.ts'
import { openQueue } from './verdict-queue.ts'

/** What was said of a row, and what is said now. `wished`: what it may have got meanwhile from here, with many others. */
export type Change = { before: Said; after: Said; wished?: readonly VerdictName[] }

/** What verdicts are shown with, stored by and told to. */
export type DeskTools = {
  shownOf: (row: number) => Said
  /** The edit of a row, once it was read. */
  editOf: (row: number) => string | undefined
  /** Shows a verdict at once. */
  show: (row: number, verdict: VerdictName) => void
  /** The producer has `stored` instead of what is shown. */
  settle: (row: number, shown: VerdictName, stored: VerdictName) => void
  store: (of: { edit: string; row: number }, change: Change) => Promise<void>
  /** The row is different at the producer now. */
  stored: (row: number) => void
  /** Somebody else has decided meanwhile. */
  overtaken: () => void
  /** A row was judged alone, or (`-1`) that is taken back. */
  alone: (row: number, by: 1 | -1) => void
  /** Verdicts that it may get with many others, which are under way. */
  wishedOf: (row: number) => readonly VerdictName[]
  say: (text: string) => void
  failed: (error: unknown) => void
}

/** Verdicts as a person gives them: shown in the same frame, stored after it, and all of them can be taken back. */
export type Verdicts = {
  /** Decides a row whose edit was read; false where that is not so, or there is nothing to decide. */
  decide: (row: number, after: Said) => boolean
  /** The producer has said it already: a redo was ordered. Nothing takes that back. */
  ordered: (row: number, redo: string) => void
  /** Takes the newest deed back. Gives the row of it, where it was one. */
  undo: () => number | undefined
  /** Remembers what can be taken back. */
  did: (deed: Deed) => void
  /** It came to nothing. */
  forgot: (deed: Deed) => void
}

export function openDesk(tools: DeskTools): Verdicts {
  const said = openSaid(tools.shownOf)
  const put = putting(tools, said)
  let deeds: Deeds = []
  return {
    did: (deed) => {
      deeds = remember(deeds, deed)
    },
    forgot: (deed) => {
      deeds = forget(deeds, deed)
    },
    ordered: (row, redo) => {
      tools.alone(row, 1)
      said.is(row, { verdict: 'redo', redo })
      tools.show(row, 'redo')
      tools.settle(row, 'redo', 'redo')
      tools.stored(row)
    },
    decide: (row, after) => {
      const edit = tools.editOf(row)
      const before = said.of(row)
      if (edit === undefined || isSame(before, after)) return false
      const deed: Deed = { kind: 'verdict', row, edit, before, after }
      deeds = remember(deeds, deed)
      tools.alone(row, 1)
      put(row, edit, { before, after }).catch((error: unknown) => {
        if (deeds.includes(deed)) tools.alone(row, -1)
        deeds = forget(deeds, deed)
        tools.failed(error)
      })
      return true
    },
    undo: () => {
      const taken = takeBack(deeds)
      if (taken === undefined) {
        tools.say('There is nothing to undo.')
        return undefined
      }
      deeds = taken.left
      const { deed } = taken
      if (deed.kind === 'operation') {
        tools.say(deed.takeBack())
        return undefined
      }
      tools.alone(deed.row, -1)
      put(deed.row, deed.edit, { before: deed.after, after: deed.before }).catch(tools.failed)
      tools.say(backWords(deed.row, deed.before))
      return deed.row
    },
  }
}

/** What was said here last counts as long as its verdict is shown: the row is read again only after it was stored. */
function openSaid(shownOf: DeskTools['shownOf']) {
  const latest = new Map<number, Said>()
  return {
    of: (row: number): Said => {
      const [mine, shown] = [latest.get(row), shownOf(row)]
      return mine?.verdict === shown.verdict ? mine : shown
    },
    is: (row: number, said: Said): void => {
      latest.set(row, said)
    },
    forget: (row: number): void => {
      latest.delete(row)
    },
  }
}

/** Shows a verdict, and stores it after those of the same edit that are under way; one that is refused is taken away again. */
function putting(tools: DeskTools, said: ReturnType<typeof openSaid>) {
  const queue = openQueue()
  const underWay = new Map<number, { has: Said; calls: number }>()
  return async (row: number, edit: string, change: Change): Promise<void> => {
    const { before, after } = change
    // what the producer has: what was shown before may never have got there
    const producer = underWay.get(row) ?? { has: before, calls: 0 }
    underWay.set(row, producer)
    producer.calls += 1
    tools.show(row, after.verdict)
    said.is(row, after)
    try {
      await queue.run(edit, () => tools.store({ edit, row }, { ...change, wished: tools.wishedOf(row) }))
      producer.has = after
      tools.settle(row, after.verdict, after.verdict)
    } catch (error) {
      tools.settle(row, after.verdict, producer.has.verdict)
      said.forget(row)
      if (isConflict(error)) tools.overtaken()
      throw error
    } finally {
      producer.calls -= 1
      if (producer.calls === 0) underWay.delete(row)
      tools.stored(row)
    }
  }
}

const isConflict = (error: unknown): boolean =>
  error instanceof ApiError && (error.status === 409 || error.status === 412)
