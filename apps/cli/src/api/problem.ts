import { z } from 'zod'
import { faultLines, type Fault } from '../show/fault-lines.ts'
import { Stop } from '../stop.ts'

/** One fault: `pointer` into the body, or a `parameter`; `row` counts the edits of a batch from 1. */
const Detail = z.object({
  pointer: z.string().optional(),
  parameter: z.string().optional(),
  row: z.int().optional(),
  detail: z.string(),
})

const Problem = z.object({
  title: z.string(),
  detail: z.string().optional(),
  errors: z.array(Detail).optional(),
})

/** Answers of something that is busy or away for a moment. */
export const isPassing = (status: number): boolean => [429, 502, 503, 504].includes(status)

/** What the user calls the row at that place of the request, such as `row 7`. */
export type RowName = (index: number) => string | undefined

/** An answer that is no success, in the lines to show; RFC 9457 where the producer wrote it, else what little is known. */
export function readProblem(
  status: number,
  body: string,
  url: string,
  rowName: RowName = () => undefined,
): Stop {
  if (status === 401)
    return new Stop('refused', [
      `the API key was refused (401): check --key or RESTYLE_API_KEY, and that it is a key of ${url}`,
    ])
  const problem = parse(body)
  const code = isPassing(status) ? 'silent' : 'refused'
  if (problem === undefined) return new Stop(code, [`${url} answered ${status} and no word of Restyle's`])
  if (problem.errors === undefined || problem.errors.length === 0) {
    return new Stop(code, [problem.detail ?? `${problem.title} (${status})`])
  }
  const faults = problem.errors.map((each) => faultOf(each, rowName))
  return new Stop('input', faultLines(faults))
}

function faultOf({ pointer = '', parameter, row, detail }: z.infer<typeof Detail>, rowName: RowName): Fault {
  const [, index, field] = /^\/edits\/(\d+)(?:\/(.*))?$/.exec(pointer) ?? []
  const place = index === undefined ? (row === undefined ? undefined : row - 1) : Number(index)
  const name = place === undefined ? undefined : (rowName(place) ?? `row ${place + 1}`)
  if (name === undefined) return { where: parameter ?? (pointer.slice(1) || 'request'), detail }
  return { where: name, ...(field === undefined ? {} : { field }), detail }
}

function parse(body: string): z.infer<typeof Problem> | undefined {
  try {
    return Problem.safeParse(JSON.parse(body)).data
  } catch {
    return undefined
  }
}
