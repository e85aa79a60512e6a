import type { DashScope } from '@restyle/dashscope/client'
import { rowOfSource } from './batch.ts'
import type { Outside } from './process.ts'

/*
 * What a person was answered about which edits go: from then on no POST follows that was not admitted before. A pause is
 * another promise for each level. What Redis forgot of it holds again once an audit has ended; a pause is forgotten for good.
 */

type Hold = { since: number; covers: (id: string) => boolean; lasts: boolean; isKnown: boolean }

export type Holds = {
  /** It was answered. `lasts`: over a loss of Redis. */
  place(name: string, covers: (id: string) => boolean, lasts: boolean): void
  lift(name: string): void
  /** All pauses end. */
  liftPauses(): void
  /** Redis went back in time. */
  forget(): void
  /** What it forgot was looked for. */
  audited(): void
  /** The same for one process, whose admissions and POSTs are seen. */
  watch(outside: Outside): Outside
  /** Whether Redis has forgotten since the last audit. */
  readonly unaudited: boolean
  /** Something else was wrong in between, said as `fault` says it. */
  blame(fault: string): void
  /** The first POST that should not have been. */
  readonly fault: string | undefined
}

export function openHolds(): Holds {
  const holds = new Map<string, Hold>()
  let [time, unaudited] = [0, false]
  let fault: string | undefined

  const seePost = (id: string, admittedAt: number): void => {
    for (const [name, { since, covers, isKnown }] of holds)
      if (isKnown && admittedAt > since && covers(id))
        fault ??= `I10: ${id} was submitted, admitted after the answer to ${name}`
  }

  const liftPauses = (): void => {
    for (const [name, { lasts }] of holds) if (!lasts) holds.delete(name)
  }

  return {
    place: (name, covers, lasts) => {
      holds.set(name, { since: (time += 1), covers, lasts, isKnown: true })
    },
    lift: (name) => void holds.delete(name),
    liftPauses,
    forget: () => {
      unaudited = true
      liftPauses()
      for (const hold of holds.values()) hold.isKnown = false
    },
    audited: () => {
      unaudited = false
      for (const hold of holds.values()) {
        if (hold.isKnown) continue
        hold.isKnown = true
        hold.since = time += 1
      }
    },
    watch: (outside) => {
      let admittedAt = 0
      const { ledger, clientOf } = outside
      return {
        ...outside,
        ledger: {
          ...ledger,
          admit: async (room) => {
            const next = await ledger.admit(room)
            admittedAt = time += 1
            return next
          },
        },
        clientOf: (account) => {
          const client = clientOf(account)
          const submit: DashScope['submit'] = (model, body, options) => {
            if (options?.mayStart?.() !== false) seePost(rowOfSource(body), admittedAt)
            return client.submit(model, body, options)
          }
          return { ...client, submit }
        },
      }
    },
    blame: (said) => {
      fault ??= said
    },
    get unaudited() {
      return unaudited
    },
    get fault() {
      return fault
    },
  }
}
