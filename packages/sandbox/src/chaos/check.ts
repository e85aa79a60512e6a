import type { EditState } from '@restyle/shared/contract/edit-state'
import { everyEventIsDelivered } from './check-delivered.ts'
import { everyoneGetsItsShare } from './check-fair.ts'
import { everyHoldIsRight, everyRefusalIsMeant } from './check-held.ts'
import { everyImageIsItsOwn } from './check-origin.ts'
import { excusedOf, nothingCanceledIsSubmitted } from './check-steered.ts'
import type { Facts, Invariant, VendorTask, Violation } from './facts.ts'

/** What is promised, for the report. */
export const promises: Readonly<Record<Invariant, string>> = {
  I1: 'every accepted edit ends, and is held only for a true reason',
  I2: 'no edit is submitted a second time while its first task lives',
  I3: 'every billed image is in the bucket, once and whole',
  I4: 'every end is told to every consumer, once by its id, and nothing else is',
  I5: 'no secret in a log, no request to a stranger',
  I6: 'a producer sees only its own',
  I7: 'nothing is left behind, and the spend is the bill',
  I8: 'every image is made from its own source and prompt',
  I9: 'while two producers wait, neither gets many more images than the other',
  I10: 'nothing canceled is submitted',
  'bounded work': 'failures cause no storm of requests',
}

/** Requests per edit that a seed with faults may take. */
const budget = { posts: 6, queries: 80, puts: 40 }

/** Holds the facts against every invariant. */
export const check = (facts: Facts): Violation[] => [
  ...everyEditEnds(facts),
  ...everyHoldIsRight(facts),
  ...everyRefusalIsMeant(facts),
  ...noDoubleSubmit(facts),
  ...everyImageIsStored(facts),
  ...everyImageIsItsOwn(facts),
  ...everyEndIsTold(facts),
  ...everyEventIsDelivered(facts),
  ...facts.leaks.map((what): Violation => ({ invariant: 'I5', what })),
  ...toEachItsOwn(facts),
  ...nothingIsLeft(facts),
  ...everyoneGetsItsShare(facts),
  ...nothingCanceledIsSubmitted(facts),
  ...boundedWork(facts),
]

const ended: readonly EditState[] = ['succeeded', 'failed', 'canceled']

export function everyEditEnds({ acked, ledger }: Facts): Violation[] {
  const states = new Map(ledger.map(({ id, state }) => [id, state]))
  return acked.flatMap(({ id: editId }) => {
    const state = states.get(editId)
    return state !== undefined && ended.includes(state)
      ? []
      : [{ invariant: 'I1' as const, what: `stands in ${state ?? 'nothing: it is unknown'}`, editId }]
  })
}

const tasksByUrl = (tasks: VendorTask[]): Map<string, VendorTask[]> =>
  Map.groupBy(
    tasks.toSorted((a, b) => a.submittedAt - b.submittedAt),
    ({ url }) => url,
  )

/** A task that ended without an image may be followed by another; one that lives or was billed may not. */
export function noDoubleSubmit({ acked, tasks, refused }: Facts): Violation[] {
  const byUrl = tasksByUrl(tasks)
  return acked.flatMap(({ id: editId, url }) =>
    (byUrl.get(url) ?? []).flatMap((task, i, all) => {
      const before = all[i - 1]
      const over =
        before === undefined ||
        // its edit failed, and a person had its row tried once more
        refused.tasks.has(before.taskId) ||
        (before.billed === 0 &&
          before.state !== 'SUCCEEDED' &&
          (before.endedAt ?? Infinity) <= task.submittedAt)
      const what = `task ${task.taskId} was submitted while ${before?.taskId} (${before?.state}) was the edit's`
      return over ? [] : [{ invariant: 'I2' as const, what, editId }]
    }),
  )
}

export function everyImageIsStored({ acked, ledger, tasks, images, struck, refused }: Facts): Violation[] {
  const byUrl = tasksByUrl(tasks)
  const edits = new Map(ledger.map((edit) => [edit.id, edit]))
  const objects = new Map(images.map((image) => [image.key, image]))
  const found: Violation[] = []
  const say = (what: string, editId?: string): void =>
    void found.push({ invariant: 'I3', what, ...(editId === undefined ? {} : { editId }) })
  const expected = new Set<string>()
  for (const { id, url } of acked) {
    const edit = edits.get(id)
    for (const task of byUrl.get(url) ?? []) {
      // nobody was ever told what became of it
      const owner = edit?.takes?.find(({ taskId }) => taskId === task.taskId) ?? edit
      const unheard = refused.tasks.has(task.taskId) && owner?.state === 'failed'
      if (task.state !== 'SUCCEEDED' || unheard) continue
      if (edit?.taskId !== task.taskId)
        say(`billed task ${task.taskId} is not the edit's (${edit?.taskId})`, id)
      for (const sha256 of task.resultSha256) {
        const keys = edit?.stored.filter((stored) => stored.sha256 === sha256).map(({ key }) => key) ?? []
        const inBucket = keys.filter((key) => objects.get(key)?.sha256 === sha256)
        if (inBucket.length !== 1)
          say(`an image of task ${task.taskId} is ${inBucket.length} times in the bucket`, id)
      }
    }
    for (const { key, sha256 } of edit?.stored ?? []) {
      expected.add(key)
      const object = objects.get(key)
      if (object === undefined) say(`${key} is said to be stored and is not there`, id)
      else if (object.sha256 !== sha256) say(`${key} holds other bytes than the ledger says`, id)
    }
  }
  for (const { key, versionsWritten } of images) {
    // a bucket that does not create once takes the same bytes from two workers; other bytes are told above
    if (versionsWritten !== 1 && !struck.has('receipts-switched'))
      say(`${key} was written ${versionsWritten} times`)
    if (!expected.has(key)) say(`${key} belongs to no edit`)
  }
  return found
}

export function everyEndIsTold(facts: Facts): Violation[] {
  const { acked, earlier, ledger, deliveries, consumers } = facts
  const known = new Set([...acked, ...earlier].flatMap(({ id, batch }) => [id, batch]))
  const excused = excusedOf(facts)
  const found: Violation[] = []
  const edits = new Map(ledger.map((edit) => [edit.id, edit]))
  const say = (what: string, editId: string): void => void found.push({ invariant: 'I4', what, editId })
  for (const { name, producer } of consumers) {
    const heard = Map.groupBy(
      deliveries.filter(({ consumer }) => consumer === name),
      ({ subject }) => subject,
    )
    const own = acked.filter((edit) => edit.producer === producer)
    for (const { id, batch = '' } of own) {
      const edit = edits.get(id)
      const takes = edit?.takes ?? (edit === undefined ? [] : [edit])
      for (const take of takes) {
        const ends = (heard.get(take.id) ?? []).filter(({ type }) => type !== 'restyle.edit.held')
        const ids = new Set(ends.map(({ eventId }) => eventId))
        // canceled where Redis did not know of its submit, or told before Redis forgot that it was canceled
        const most = excused.has(id) ? 2 : 1
        if (ids.size < 1 || ids.size > most) say(`${name} was told ${ids.size} ends`, take.id)
        if (excused.has(id) && ends.some(({ state }) => state === take.state)) continue
        for (const { state } of ends)
          if (state !== take.state) say(`${name} was told ${state}, but it is ${take.state}`, take.id)
      }
      if (takes.length > 0) continue
      const ranges = (heard.get(batch) ?? []).flatMap(({ rows }) => rows ?? [])
      const row = Number(id.split('-')[1])
      if (!ranges.some(({ firstRow, lastRow }) => firstRow <= row && row <= lastRow))
        say(`${name} was not told that it was canceled at rest`, id)
    }
    for (const batch of new Set(own.flatMap((edit) => edit.batch ?? []))) {
      const ends = (heard.get(batch) ?? []).filter(({ type }) => type === 'restyle.batch.completed')
      const ids = new Set(ends.map(({ eventId }) => eventId))
      const most = Math.max(
        1,
        ...ledger.map(({ id, takes = [] }) => (id.startsWith(`${batch}-`) ? takes.length : 0)),
      )
      // it completes once more for each edit that is opened again
      const again = own.filter((edit) => edit.batch === batch && excused.has(edit.id)).length
      if (ids.size < 1 || ids.size > most + again)
        say(`${name} was told ${ids.size} times by id that the batch is complete`, batch)
    }
    for (const subject of heard.keys())
      // that it was paused is told of a producer as a whole
      if (!known.has(rowOf(subject)) && subject !== producer)
        say(`${name} was told of what nobody asked for`, subject)
  }
  return found
}

/** The row that an edit is a take of. */
const rowOf = (subject: string): string => subject.replace(/(-\d+)-\d+$/, '$1')

export function toEachItsOwn({ acked, earlier, deliveries, shown }: Facts): Violation[] {
  const owner = new Map(
    [...acked, ...earlier].flatMap(({ id, batch, producer }) => [
      [id, producer],
      [batch, producer],
    ]),
  )
  return [
    ...shown.map((what): Violation => ({ invariant: 'I6', what })),
    ...deliveries.flatMap(({ consumer, producer, subject }): Violation[] => {
      const theirs = owner.get(rowOf(subject)) ?? producer
      return theirs === producer
        ? []
        : [{ invariant: 'I6', what: `${consumer} was told of ${theirs}'s`, editId: subject }]
    }),
  ]
}

export function nothingIsLeft({ leftovers, billedMicros, miscounts }: Facts): Violation[] {
  const found = Object.entries(leftovers).flatMap(([what, count]): Violation[] =>
    count === 0 ? [] : [{ invariant: 'I7', what: `${count} left in ${what}` }],
  )
  found.push(...miscounts.map((what): Violation => ({ invariant: 'I7', what })))
  const { ledger, vendor } = billedMicros
  if (ledger !== vendor)
    found.push({ invariant: 'I7', what: `spend is ${ledger}, the bill is ${vendor} (micro-CNY)` })
  return found
}

export function boundedWork({ acked, traffic }: Facts): Violation[] {
  return (['posts', 'queries', 'puts'] as const).flatMap((kind): Violation[] => {
    const most = budget[kind] * acked.length
    return traffic[kind] <= most
      ? []
      : [
          {
            invariant: 'bounded work',
            what: `${traffic[kind]} ${kind} for ${acked.length} edits, budget ${most}`,
          },
        ]
  })
}
