import { ApiError, type ErrorCode, type ErrorFacts, type RequestFault } from './api-error.ts'

/** The error that an answer means which is not a success; `text` is its body, `url` the producer's address. */
export function readRefusal(
  url: string,
  text: string,
  { status, ...facts }: ErrorFacts & { status: number },
): ApiError {
  const problem = objectOf(text)
  const code = textOf(problem?.['code']) as ErrorCode | undefined
  const message = textOf(problem?.['detail']) ?? textOf(problem?.['title'])
  // a gateway's own answer may have a code too
  if (code !== undefined && textOf(problem?.['type'])?.endsWith(`#${code}`) === true) {
    const faults = Array.isArray(problem?.['errors']) ? (problem['errors'] as RequestFault[]) : []
    return new ApiError(code, message ?? code, { ...facts, status, faults })
  }
  // a HEAD has no body, and a gateway may check the key
  if (status === 401) return new ApiError('unauthorized', `${url} refused the API key`, { ...facts, status })
  const said = `${url} answered ${facts.call} with ${status} and without a reason`
  return new ApiError('unexpected-answer', said, { ...facts, status })
}

/** A JSON object, or undefined where the text is none. */
export function objectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
