import { type Edit, viewOf } from '@restyle/shared/contract/edit'
import type { ReviewView } from './review.ts'

/** A held edit with what the ledger knows of its submit and of the tasks that may be its own. `heldAt`: epoch ms. */
export const viewOfReview = (edit: Edit, heldAt: number): ReviewView => ({
  edit: viewOf(edit),
  why: edit.uncertainBecause ?? '',
  attempt: edit.attempt,
  heldAt: iso(heldAt),
  candidates: edit.candidates ?? [],
  submit: submitOf(edit),
  tasks: (edit.foundTasks ?? []).map(({ submittedAt, ...task }) => ({
    ...task,
    ...(submittedAt === undefined ? {} : { submittedAt: iso(submittedAt) }),
  })),
  reservedMicros: edit.reserved,
})

function submitOf({ intentAt, leaseUntil, bodyHash, said }: Edit): ReviewView['submit'] {
  const { cause, code, message } = said ?? {}
  return {
    ...(intentAt === undefined ? {} : { intendedAt: iso(intentAt) }),
    ...(leaseUntil === undefined ? {} : { leaseUntil: iso(leaseUntil) }),
    bodyHash,
    ...(cause === undefined
      ? {}
      : {
          answered: {
            cause,
            ...(code === undefined ? {} : { code }),
            ...(message === undefined ? {} : { message }),
          },
        }),
  }
}

const iso = (ms: number): string => new Date(ms).toISOString()
