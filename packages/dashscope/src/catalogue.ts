import { errorTable, type ErrorRow, type FailedTaskAction, type SubmitAction } from './error-table.ts'

/** What to do after a query, list, cancel or upload failed; repeating these is free. `refused`: asking again will not help. */
export type QueryAction = 'retryLater' | 'refused' | 'pauseLane'

/** A row as it applies to one error. `match` tells how it was found; `unknown` means that the HTTP status alone decided. */
export type Explanation = Omit<ErrorRow, 'codes' | 'when'> & {
  code: string
  match: 'exact' | 'prefix' | 'unknown'
}

const rows = new Map(errorTable.flatMap((row) => row.codes.map((code) => [code, row] as const)))

/** What an error means: by its exact code, else by the longest dotted beginning of it that is known, else by the HTTP status. */
export function explain(code: string | undefined, message = '', httpStatus?: number): Explanation {
  const parts = (code ?? '').split('.')
  for (let length = parts.length; length > 0; length -= 1) {
    const row = rows.get(parts.slice(0, length).join('.'))
    if (row === undefined) continue
    const { codes: _, when, ...facts } = row
    const { says, ...more } = when ?? { says: undefined }
    const match = length === parts.length ? 'exact' : 'prefix'
    return { ...facts, ...(says?.test(message) ? more : {}), code: code ?? '', match }
  }
  return unknown(code ?? '', httpStatus)
}

/** What to do after a submit was answered with an error. After a 5xx a task may exist, unless the vendor names a known reason to refuse. */
export function actionAtSubmit(
  code: string | undefined,
  message?: string,
  httpStatus?: number,
): SubmitAction {
  const { atSubmit, match } = explain(code, message, httpStatus)
  return httpStatus !== undefined && httpStatus >= 500 && match !== 'exact' ? 'lookUp' : atSubmit
}

/** What to do after a task failed, or one image of it. A failed task is free, so a reason nobody knows is worth one more. */
export const actionOfFailedTask = (code: string | undefined, message?: string): FailedTaskAction =>
  explain(code, message).failedTask

/** What to do after a query failed: it says nothing about the task, so all that may pass is asked again. */
export function actionOfQuery(code: string | undefined, message?: string, httpStatus?: number): QueryAction {
  // whether a task that is not there is answered so is not documented (docs/dashscope.md §2): it is no fault of the account
  if (httpStatus === 404 && code !== 'WorkSpaceNotFound') return 'refused'
  const action = actionAtSubmit(code, message, httpStatus)
  if (action === 'lookUp' || action === 'retryOnce') return 'retryLater'
  return action === 'failEdit' ? 'refused' : action
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
  // without a code it was not the API that spoke, but something at or on the way to a wrong address
  if (status === 401 || (code === '' && [403, 404, 405, 407].includes(status))) {
    return say('pauseLane', 'pauseLane', "Check the lane's key, its address and the proxies on the way.")
  }
  if (status === 429) return say('retryLater', 'newTask', 'Nothing: we slow down.')
  // 408 is said by whoever stopped waiting, not by who does the work
  if (status >= 400 && status < 500 && status !== 408)
    return say('failEdit', 'failEdit', 'Read the message and change the edit.')
  return say('lookUp', 'retryOnce', 'Nothing: it is looked up or tried again.')
}
