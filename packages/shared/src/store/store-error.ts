import { classify } from './classify.ts'
import type { StoreDeed, StoreFaultKind } from './classify.ts'

/**
 * A call to the bucket that failed. `code` is S3's own (`SlowDown`, `NoSuchBucket`), Node's (`ECONNRESET`), or
 * `Timeout`, `Http<status>` when the answer named none; `said` is the server's own sentence, where it gave one; `kind`
 * says what to do about it.
 */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly code: string
  readonly said: string
  readonly kind: StoreFaultKind
  readonly status: number | undefined
  readonly requestId: string | undefined

  constructor(doing: string, error: unknown, deed: StoreDeed = 'read') {
    const { code, status, requestId, message } = factsOf(error)
    const kind = classify(code, status, deed)
    // of a call that cannot be built nobody else tells why
    const why = kind === 'refused' && status === undefined ? ` (${message})` : ''
    super(`${doing}: ${code}${why}`, { cause: bare(code, message) })
    this.code = code
    this.said = message
    this.kind = kind
    this.status = status
    this.requestId = requestId
  }
}

// S3's error bodies repeat tokens and signatures, and the SDK keeps every field: only the words go on
function bare(code: string, message: string) {
  return Object.assign(new Error(message), { code })
}

function factsOf(error: unknown) {
  const { name, code, message, $metadata } = error as {
    name?: string
    code?: unknown
    message?: string
    $metadata?: { httpStatusCode?: number; requestId?: string }
  }
  const status = $metadata?.httpStatusCode
  const said = (message ?? '').replace(sdkWrapper, '')
  return {
    code: codeOf(name, code ?? codeIn(said), status),
    status,
    requestId: $metadata?.requestId,
    message: said,
  }
}

// what the SDK wraps keeps its code in its words only
const sdkWrapper = /^AWS SDK error wrapper for (Error: )?/
const codeIn = (said: string): string | undefined =>
  /^(?:connect|getaddrinfo|read|write) (E[A-Z_]+)\b/.exec(said)?.[1]

function codeOf(name = 'Error', code: unknown, status: number | undefined): string {
  // the SDK calls a reset a TimeoutError too, but leaves its code
  if (typeof code === 'string' && code !== 'ETIMEDOUT') return code
  if (code === 'ETIMEDOUT' || name === 'TimeoutError' || name === 'AbortError') return 'Timeout'
  // HEAD has no body to name the fault in
  const unnamed = name === 'Error' || name.startsWith('Unknown') || /^\d+$/.test(name)
  return unnamed && status !== undefined ? `Http${status}` : name
}
