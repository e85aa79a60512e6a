import type { NewEdit } from '@restyle/shared/contract/new-edit'
import type { Accepted } from '@restyle/shared/ledger/accept'
import type { Ledger } from '@restyle/shared/ledger/ledger'

/*
 * Requests that come at the same time ask Redis the same questions. Here the questions of one turn of the event loop are asked
 * together, after the last of them: no answer is older than its question.
 */

/** Edits of one call: a script serves nobody else meanwhile. */
const mostEdits = 100

/** The same ledger, for many intakes at a time. */
export const sharedLedger = (ledger: Ledger): Ledger => ({
  ...ledger,
  lanes: { ...ledger.lanes, list: oneForAll(() => ledger.lanes.list()) },
  takesWrites: oneForAll(() => ledger.takesWrites()),
  readProducer: onePerName((name) => ledger.readProducer(name)),
  read: asOne(async (ids: string[]) => {
    const records = await ledger.readEach(ids)
    // the ledger's own words for one that cannot be read
    return ids.map((id, i) => {
      const record = records[i]
      if (record?.kind === 'edit') return record.edit
      return record?.kind === 'none' ? undefined : ledger.read(id)
    })
  }),
  accept: acceptAsOne(ledger),
})

function acceptAsOne(ledger: Pick<Ledger, 'accept'>): Ledger['accept'] {
  const alone = async (edit: NewEdit): Promise<Accepted> => only(await ledger.accept([edit]))
  const accept = asOne<NewEdit, Accepted>(async (edits) => {
    const ids = new Set<string>()
    // the script looks at all before it writes: the same id twice would be new twice
    const firsts = edits.filter(({ id }) => ids.size < ids.add(id).size)
    try {
      const answers = await ledger.accept(firsts)
      const told = new Map(firsts.map((edit, i) => [edit, answers[i]]))
      return edits.map((edit) => told.get(edit) ?? alone(edit))
    } catch (error) {
      if (edits.length === 1) throw error
      // one that breaks the call breaks only its own
      return edits.map(alone)
    }
  })
  return async (edits) => {
    const [edit] = edits
    return edit === undefined || edits.length > 1 ? ledger.accept(edits) : [await accept(edit)]
  }
}

const only = ([answer]: readonly Accepted[]): Accepted => answer ?? 'conflict'

/** A question without an argument: asked once for all who ask in one turn. */
export function oneForAll<T>(ask: () => Promise<T>): () => Promise<T> {
  let next: Promise<T> | undefined
  return () => {
    next ??= new Promise((resolve) => {
      setImmediate(() => {
        next = undefined
        resolve(ask())
      })
    })
    return next
  }
}

/** A question about a name: asked once for all who ask about it in one turn. */
function onePerName<T>(ask: (name: string) => Promise<T>): (name: string) => Promise<T> {
  const next = new Map<string, () => Promise<T>>()
  return (name) => {
    const known = next.get(name)
    if (known !== undefined) return known()
    const shared = oneForAll(async () => {
      next.delete(name)
      return ask(name)
    })
    next.set(name, shared)
    return shared()
  }
}

/** A question about one thing each: asked once about all things of one turn. `ask` answers in their order. */
export function asOne<T, R>(
  ask: (items: T[]) => Promise<readonly (R | Promise<R>)[]>,
): (item: T) => Promise<R> {
  type Waiting = { item: T; resolve: (answer: R | PromiseLike<R>) => void; reject: (error: unknown) => void }
  let waiting: Waiting[] = []

  async function go(all: readonly Waiting[]): Promise<void> {
    try {
      const answers = await ask(all.map(({ item }) => item))
      for (const [i, { resolve }] of all.entries()) resolve(answers[i] as R | Promise<R>)
    } catch (error) {
      for (const { reject } of all) reject(error)
    }
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      if (waiting.length > 1) return
      setImmediate(() => {
        const all = waiting
        waiting = []
        for (let from = 0; from < all.length; from += mostEdits) void go(all.slice(from, from + mostEdits))
      })
    })
}
