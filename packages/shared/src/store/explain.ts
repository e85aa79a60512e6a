import { headerOf, modeFor } from './create-once.ts'
import type { StoreDeed } from './classify.ts'
import type { StoreError } from './store-error.ts'
import type { StoreOptions } from './store-options.ts'

type Facts = Pick<StoreOptions, 'endpoint' | 'bucket' | 'createOnce' | 'forcePathStyle'>

const region = 'set S3_REGION to the region of the bucket, and S3_ENDPOINT to its server'
const role = ({ bucket }: Facts) =>
  `let this key put, get and list in ${bucket} (docs/buckets.md has the policies)`
const notKnown = ({ forcePathStyle }: Facts) =>
  `look at S3_ENDPOINT${forcePathStyle ? '' : ', and set S3_FORCE_PATH_STYLE=true if the server knows no host names of buckets'}`
const tls =
  'look at S3_ENDPOINT: https:// needs a server that speaks TLS with a certificate for this very host'

/** What a person changes, by the code of the failure. */
const remedies: Readonly<Record<string, (facts: Facts) => string>> = {
  AccessDenied: role,
  AllAccessDisabled: role,
  AuthorizationHeaderMalformed: () => region,
  CredentialsProviderError: () =>
    'set S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY, or give this machine a role',
  ECONNREFUSED: () => 'nothing listens there: look at S3_ENDPOINT',
  ECONNRESET: () => 'look at S3_ENDPOINT and its port, and whether the server speaks S3',
  ENOTFOUND: notKnown,
  EAI_AGAIN: notKnown,
  EPROTO: () => tls,
  ERR_TLS_CERT_ALTNAME_INVALID: () => tls,
  DEPTH_ZERO_SELF_SIGNED_CERT: () => tls,
  ExpiredToken: () => 'these are credentials for a time: renew them',
  Http301: () => region,
  Http403: role,
  IllegalLocationConstraintException: () => region,
  InvalidAccessKeyId: () => 'correct S3_ACCESS_KEY_ID',
  InvalidBucketName: () => 'correct S3_BUCKET',
  InvalidToken: () => 'renew the credentials',
  NoSuchBucket: ({ bucket }) => `make the bucket ${bucket}, or correct S3_BUCKET`,
  NotImplemented: refusesCondition,
  PermanentRedirect: () => region,
  RequestTimeTooSkewed: () => "set this machine's clock",
  SecondLevelDomainForbidden: () => 'set S3_FORCE_PATH_STYLE=false',
  SignatureDoesNotMatch: () => 'correct S3_SECRET_ACCESS_KEY',
  SyntaxError: () => strange,
  Timeout: () => 'look at S3_ENDPOINT, and whether a firewall is between',
  VirtualHostDomainRequired: () => 'set S3_FORCE_PATH_STYLE=false',
}

/** One sentence about a failed call: what failed, the server's own words, and what to change. */
export function explainFault(error: StoreError, facts: Facts, deed: StoreDeed = 'write'): string {
  if (noS3.test(error.said)) return `${error.message}: ${strange}`
  const remedy = remedyOf(error.code, deed)?.(facts) ?? 'see docs/buckets.md for what this store needs'
  const said = error.said === '' || error.said === error.code ? '' : `, "${error.said.slice(0, 300)}"`
  return `${error.message}${said}: ${remedy}`
}

/** What the SDK says of an answer that is no XML. */
const noS3 = /XML parse error|Deserialization error/
const strange = 'this is no answer of an S3 server: look at S3_ENDPOINT'

/** Nothing but a write has a condition that could be refused. */
const remedyOf = (code: string, deed: StoreDeed) =>
  code === 'NotImplemented' && deed === 'read'
    ? () => 'look at S3_ENDPOINT, which must not hold the name of the bucket'
    : remedies[code]

/** One sentence about a store that took a second write to a key that it was asked to create. */
export function explainOverwriting(facts: Facts): string {
  const { createOnce: mode = 'if-none-match' } = facts
  if (mode === 'off') return 'what is there is overwritten'
  const versioning =
    mode === 'if-none-match'
      ? ''
      : ' (it has no effect in a bucket whose versioning is or once was on: take a bucket without)'
  return `the bucket ignores ${headerOf(mode)} and overwrites, so an edit may be paid twice${versioning}: ${otherMode(facts)}`
}

function refusesCondition(facts: Facts): string {
  const { createOnce: mode = 'if-none-match' } = facts
  if (mode === 'off') return 'see docs/buckets.md for what this store needs'
  return `the store does not take ${headerOf(mode)}: ${otherMode(facts)}`
}

function otherMode({ endpoint, createOnce = 'if-none-match' }: Facts): string {
  const known = modeFor(endpoint)
  if (known !== undefined && known !== createOnce && known !== 'off')
    return `set S3_CREATE_ONCE=${known}, as this store needs`
  return 'set S3_CREATE_ONCE to what this store takes (docs/buckets.md), or to off, and then a failover of Redis may bill twice'
}
