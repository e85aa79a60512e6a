/** Refusals of those who judge results; problem.ts has all kinds. */
export const verdictProblems = {
  'not-judged': {
    status: 409,
    title: 'The edit cannot be judged now',
    todo: 'Judge the newest edit of the row, once it has succeeded; `detail` says what is in the way.',
  },
  'too-many-verdicts': {
    status: 409,
    title: 'The batch has as many notes and single verdicts as it may have',
    todo: 'Judge its further rows by `POST /v1/batches/{id}/verdicts`, also one alone.',
  },
  'not-redone': {
    status: 409,
    title: 'The edit cannot be made once more now',
    todo: 'Do what `detail` says: wait for its end, retry a failed row, have a cap raised, or enqueue an edit of its own.',
  },
  'too-many-operations': {
    status: 409,
    title: 'The producer has as many operations as it may have',
    todo: 'Wait until one has ended: `GET /v1/operations/{id}`.',
  },
} as const
