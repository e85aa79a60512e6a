import type { ErrorRow, FailedTaskAction, SubmitAction } from './error-row.ts'
import { errorTable } from './error-table.ts'

/** What to do after a query, list, cancel or upload failed; repeating these is free. `refused`: asking again will not help. */
export type QueryAction = 'retryLater' | 'refused' | 'pauseLane'

/** A row as it applies to one error. `match` tells how it was found; `unknown` means that the HTTP status alone decided. */
export type Explanation = Omit<ErrorRow, 'codes' | 'when'> & {
  code: string
  match: 'exact' | 'prefix' | 'unknown'
}

/** The vendor spells one code `ModelNotFound`, `model_not_found` and `Model not found` (docs/dashscope.md §5). */
const plain = (code: string): string => code.toLowerCase().replaceAll(/[^a-z0-9.]/g, '')
const withoutDots = (code: string): string => code.replaceAll('.', '')

const byCode = errorTable.flatMap((row) => row.codes.map((code) => [plain(code), row] as const))
const rows = new Map(byCode)
const rowsWithoutDots = new Map(byCode.map(([code, row]) => [withoutDots(code), row]))

/** What an error means: by its code, else by a known part of it (see `rowOf`), else by the HTTP status. */
export function explain(code: string | undefined, message = '', httpStatus?: number): Explanation {
  const found = rowOf(plain(code ?? ''))
  if (found === undefined) return unknown(code ?? '', httpStatus)
  const { codes: _, when, ...facts } = found.row
  const { says: _says, ...more } = when?.find(({ says }) => says.test(message)) ?? {}
  return { ...facts, ...more, code: code ?? '', match: found.match }
}

/**
 * The row of a code, else of its longest dotted beginning that is known. Where the rest is a code of its own it says
 * more than the beginning: `InternalError.Algo.InvalidURL` is a bad address and no inner fault.
 */
function rowOf(code: string): { row: ErrorRow; match: 'exact' | 'prefix' } | undefined {
  const whole = rows.get(code) ?? rowsWithoutDots.get(withoutDots(code))
  if (whole !== undefined) return { row: whole, match: 'exact' }
  const parts = code.split('.')
  for (let length = parts.length - 1; length > 0; length -= 1) {
    const row = rows.get(parts.slice(0, length).join('.'))
    if (row !== undefined) return { row: rows.get(parts.slice(length).join('.')) ?? row, match: 'prefix' }
  }
  return undefined
}

/**
 * What to do after a submit was answered with an error. After a 5xx a task may exist, unless the vendor names a known
 * reason to refuse. A 4xx with a code is a refusal even where the code is that of an inner fault.
 */
export function actionAtSubmit(
  code: string | undefined,
  message?: string,
  httpStatus?: number,
): SubmitAction {
  const { atSubmit, match } = explain(code, message, httpStatus)
  const status = httpStatus ?? 0
  if (status >= 500 && match !== 'exact') return 'lookUp'
  if (atSubmit === 'lookUp' && refuses(status)) return 'retryOnce'
  return atSubmit
}

/** 408 is said by whoever stopped waiting, not by who does the work. */
const refuses = (status: number): boolean => status >= 400 && status < 500 && status !== 408

/** What to do after a task failed, or one image of it. A failed task is free, so a reason nobody knows is worth one more. */
export const actionOfFailedTask = (code: string | undefined, message?: string): FailedTaskAction =>
  explain(code, message).failedTask

/** What to do after a query failed: it says nothing about the task, so all that may pass is asked again. */
export function actionOfQuery(code: string | undefined, message?: string, httpStatus?: number): QueryAction {
  // whether a task that is not there is answered so is not documented (docs/dashscope.md §2): it is no fault of the account
  if (httpStatus === 404 && plain(code ?? '') !== 'workspacenotfound') return 'refused'
  const action = actionAtSubmit(code, message, httpStatus)
  if (action === 'lookUp' || action === 'retryOnce') return 'retryLater'
  return action === 'failEdit' ? 'refused' : action
}

/**
 * Whether a query was refused with a code that speaks of the edit's own input: repeated, it will not change any more
 * (see repeated-refusal.ts).
 */
export function refusesForGood(code: string | undefined, message?: string, httpStatus = 0): boolean {
  const { failedTask, match } = explain(code, message, httpStatus)
  return refuses(httpStatus) && httpStatus !== 404 && match !== 'unknown' && failedTask === 'failEdit'
}

function unknown(code: string, httpStatus: number | undefined): Explanation {
  const facts = { code, match: 'unknown', ...(httpStatus === undefined ? {} : { httpStatus }) } as const
  const meaning = `an error that this version does not know${httpStatus === undefined ? '' : ` (HTTP ${httpStatus})`}`
  const say = (atSubmit: SubmitAction, failedTask: FailedTaskAction, todo: string): Explanation => ({
    ...facts,
    meaning,
    atSubmit,
    failedTask,
    todo,
  })
  const status = httpStatus ?? 0
  // a right or a payment that is missing, or an address that is wrong, is the installation's, whatever the code is called
  if ([401, 402, 403, 404].includes(status) || (code === '' && [405, 407].includes(status))) {
    return say('pauseLane', 'pauseLane', "Check the lane's key, its address and the proxies on the way.")
  }
  if (status === 429) return say('retryLater', 'newTask', 'Nothing: we slow down.')
  if (refuses(status)) return say('failEdit', 'failEdit', 'Read the message and change the edit.')
  return say('lookUp', 'retryOnce', 'Nothing: it is looked up or tried again.')
}
