import type { NewEdit } from '@restyle/shared/contract/new-edit'
import { writeAcceptance } from '@restyle/shared/receipt/acceptance'
import { promiseOf } from '@restyle/shared/object-key'
import type { Store } from '@restyle/shared/store/store'

/** So many objects are written at a time; edits that come meanwhile share the next. */
const atOnce = 3

/** Their ids are the object's name, which may be 1,024 bytes long. */
const mostTogether = 28

type Waiting = { edit: NewEdit; resolve: () => void; reject: (error: unknown) => void }

/**
 * Promises single edits in the bucket, one object for several where many come at a time. For edits whose ids nobody else can have:
 * of one that somebody repeats, the object of its own tells whether it came with another body before.
 */
export function openPromises({ store, now }: { store: Store; now: () => number }) {
  let underWay = 0
  const waiting: Waiting[] = []

  async function write(group: readonly Waiting[]): Promise<void> {
    try {
      const edits = group.map(({ edit }) => edit)
      await writeAcceptance(store, promiseOf(edits.map(({ id }) => id)), { v: 1, edits }, now())
      for (const { resolve } of group) resolve()
    } catch (error) {
      for (const { reject } of group) reject(error)
    } finally {
      underWay -= 1
      go()
    }
  }

  function go(): void {
    while (waiting.length > 0 && underWay < atOnce) {
      underWay += 1
      void write(waiting.splice(0, mostTogether))
    }
  }

  return (edit: NewEdit): Promise<void> =>
    new Promise((resolve, reject) => {
      waiting.push({ edit, resolve, reject })
      go()
    })
}
export type Promises = ReturnType<typeof openPromises>
