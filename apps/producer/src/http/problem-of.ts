import { limits } from '@restyle/shared/contract/limits'
import { RestyleError } from '@restyle/shared/errors'
import { outageOf } from '@restyle/shared/redis/outage'
import { StoreError } from '@restyle/shared/store/store-error'
import type { FastifyRequest } from 'fastify'
import { Problem } from './problem.ts'

/** Whether Redis or the bucket is away, or full: the same request may be taken in a moment. */
export function isAway(error: unknown): boolean {
  if (error instanceof StoreError) return error.kind !== 'refused'
  if (!(error instanceof Error)) return false
  // the caller left, or was answered by the deadline
  if (error.name === 'AbortError') return true
  const code = 'code' in error ? String(error.code) : ''
  return (
    outageOf(error) !== undefined ||
    /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH|EAI_AGAIN|FST_ERR_HANDLER_TIMEOUT$)/.test(code)
  )
}

const isLate = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'FST_ERR_HANDLER_TIMEOUT'

/** Whether the body is what was waited for: none of it lies here unread, and nothing was done yet. */
const isSlowSender = ({ raw, promised }: FastifyRequest): boolean =>
  !raw.complete && raw.readableLength === 0 && promised === undefined

/** The refusal that an error means. An unexpected error is `internal` and tells nothing about the inside. */
export function problemOf(error: unknown, request: FastifyRequest): Problem {
  if (error instanceof Problem) return error
  if (error instanceof RestyleError && error.code === 'BucketClosed')
    return new Problem(
      'unavailable',
      'The bucket cannot be relied on now, so nothing is accepted. Whoever runs this installation was told why.',
      { retryAfter: 5 },
    )
  if (error instanceof RestyleError && error.code === 'RedisFull')
    return new Problem(
      'unavailable',
      'The ledger is nearly full, so nothing new is accepted until edits end and are forgotten, or it gets more memory. Nothing was written.',
      { retryAfter: 60 },
    )
  if (error instanceof RestyleError && error.code === 'TooManyOpen') return tooManyOpen(error)
  if (error instanceof RestyleError && error.code === 'Unreadable')
    return new Problem(
      'unreadable',
      'A newer version wrote this record, or it is damaged. No other is concerned. Whoever runs this installation was told.',
    )
  if (error instanceof StoreError && error.kind === 'bucket')
    return new Problem(
      'unavailable',
      'The bucket refuses this. Whoever runs this installation has to look.',
      { retryAfter: 5 },
    )
  if (isLate(error) && isSlowSender(request))
    return new Problem('request-timeout', 'The body did not come to its end in time.')
  if (isAway(error))
    return new Problem(
      'unavailable',
      'The ledger or the bucket does not answer now, or is full. Send the same request again in a moment.',
      { retryAfter: 5 },
    )
  const { code, statusCode, message } = error as { code?: string; statusCode?: number; message?: string }
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return new Problem('too-large', `The body is over ${request.routeOptions.bodyLimit} bytes.`)
  if (code === 'FST_ERR_MAX_PARAM_LENGTH')
    return new Problem('uri-too-long', `A part of the address has over ${limits.parameter} characters.`)
  if (code === 'FST_ERR_BAD_URL') return new Problem('malformed-request', 'The address cannot be read.')
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return new Problem(
      'unsupported-media-type',
      `Content-Type ${request.headers['content-type'] ?? '(none)'} is not read here.`,
    )
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return new Problem('malformed-request', message ?? 'The request cannot be read.')
  return new Problem('internal', 'The fault is ours and has been noted.')
}

/** Some may have ended in so many seconds; never, where the request alone is over the limit. */
const openRetrySeconds = 30

function tooManyOpen({ facts: { open, limit, edits } }: RestyleError): Problem {
  const detail = `Your producer has ${String(open)} open edits and may have ${String(limit)}; this request brings ${String(edits)}. Nothing was enqueued.`
  return Number(edits) > Number(limit)
    ? new Problem('too-many-open', `${detail} It never fits: send fewer at a time, or have the limit raised.`)
    : new Problem('too-many-open', `${detail} Send it again when some have ended.`, {
        retryAfter: openRetrySeconds,
      })
}
