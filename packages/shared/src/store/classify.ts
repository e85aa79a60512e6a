/**
 * What a failed call to the bucket means for us.
 * - `bucket`: nothing can be stored until a person looks; pause the bucket, fail no edit
 * - `transient`: the same call may succeed later
 * - `refused`: this very read will never succeed; others may
 */
export type StoreFaultKind = 'bucket' | 'transient' | 'refused'

/** What the call was to do. */
export type StoreDeed = 'read' | 'write'

/** Codes whose HTTP status alone would mislead. */
const kindByCode: Readonly<Record<string, StoreFaultKind>> = {
  AuthorizationHeaderMalformed: 'bucket',
  BadDigest: 'transient',
  ConditionalRequestConflict: 'transient',
  CredentialsProviderError: 'bucket',
  ExpiredToken: 'bucket',
  IllegalLocationConstraintException: 'bucket',
  IncompleteBody: 'transient',
  InvalidBucketName: 'bucket',
  InvalidObjectState: 'refused',
  InvalidToken: 'bucket',
  'KMS.DisabledException': 'bucket',
  'KMS.KMSInvalidStateException': 'bucket',
  'KMS.NotFoundException': 'bucket',
  'KMS.ThrottlingException': 'transient',
  NotImplemented: 'refused',
  OperationAborted: 'transient',
  RequestTimeout: 'transient',
  // the SDK has set its clock by the server's and tried again: this one is for a person
  RequestTimeTooSkewed: 'bucket',
  SecondLevelDomainForbidden: 'bucket',
  SlowDown: 'transient',
  ThrottlingException: 'transient',
  TokenRefreshRequired: 'bucket',
  XAmzContentSHA256Mismatch: 'transient',
}

/** What Node and the SDK throw before anything is sent. */
const ofOurMaking = /^(URIError|RangeError|TypeError|ERR_(HTTP_)?(INVALID|UNESCAPED|OUT_OF_RANGE)\w*)$/

/**
 * Sorts a failure by its code and, where the code is unknown, by its HTTP status; no status means that no answer came.
 * A missing key is no failure here, so whatever else answers 404 is the bucket. A write that is refused for good is the
 * bucket's matter too: what we store does not change, so it would be tried, and more would be paid for, until it dies.
 */
export function classify(code: string, status?: number, deed: StoreDeed = 'read'): StoreFaultKind {
  // our own call cannot be built, for this one key or these facts: no fault of the bucket, and no weather either
  if (status === undefined && ofOurMaking.test(code)) return 'refused'
  const kind = sort(code, status)
  return kind === 'refused' && deed === 'write' ? 'bucket' : kind
}

function sort(code: string, status?: number): StoreFaultKind {
  const known = Object.hasOwn(kindByCode, code) ? kindByCode[code] : undefined
  if (known) return known
  if (status === undefined || status >= 500 || status === 408 || status === 429) return 'transient'
  if (status === 401 || status === 403 || status === 404) return 'bucket'
  if (status >= 300 && status < 400) return 'bucket'
  return status >= 400 ? 'refused' : 'transient'
}
