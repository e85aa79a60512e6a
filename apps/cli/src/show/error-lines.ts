import type { ApiError, ErrorCode, RequestFault } from '@restyle/client/api-error'
import { faultLines, type Fault } from './fault-lines.ts'

/** How messages name the edit at that index of a batch, such as `row 7`. */
export type RowName = (index: number) => string | undefined

/** An error of the API in the lines to show; `url` is the producer's address. */
export function errorLines(error: ApiError, url: string, rowName: RowName = () => undefined): string[] {
  if (error.code === 'unauthorized')
    return [`the API key was refused (401): check --key or RESTYLE_API_KEY, and that it is a key of ${url}`]
  if (error.faults.length > 0) return faultLines(error.faults.map((fault) => faultOf(fault, rowName)))
  const hint = hints[error.code]
  return [hint === undefined ? error.message : `${error.message}: ${hint}`]
}

/** What the user can do about errors of the connection; the producer's refusals say it themselves. */
const hints: Readonly<Partial<Record<ErrorCode, string>>> = {
  unreachable: 'start a producer with npm start, or name another with --url or RESTYLE_URL',
  'no-answer': "try again, or look at the producer's log",
}

function faultOf({ pointer = '', parameter, row, detail }: RequestFault, rowName: RowName): Fault {
  // in a chunk of rows the pointer begins within the row
  const [, index, within] = /^\/edits\/(\d+)(?:\/(.*))?$/.exec(pointer) ?? []
  const field =
    within ?? (index === undefined && row !== undefined ? pointer.slice(1) || undefined : undefined)
  const place = index === undefined ? (row === undefined ? undefined : row - 1) : Number(index)
  const name = place === undefined ? undefined : (rowName(place) ?? `row ${place + 1}`)
  if (name === undefined) return { where: parameter ?? (pointer.slice(1) || 'request'), detail }
  return { where: name, ...(field === undefined ? {} : { field }), detail }
}
