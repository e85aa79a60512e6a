import type { BucketCheck } from '@restyle/shared/store/check-bucket'
import type { CreateOnce } from '@restyle/shared/store/create-once'
import { faultOfSignedAddress } from '@restyle/shared/store/signed-address'
import type { Delivery } from '../submit/choose-delivery.ts'
import { away, type Finding, ok, refuse, warn } from './finding.ts'

/** Requests are refused when the clocks are a quarter of an hour apart; well before that somebody should look. */
const skewLimitMs = 60_000

/** What trying the bucket came to: it must be there, be ours, and never overwrite what it was asked to create. */
export function lookAtBucket(check: BucketCheck, createOnce: CreateOnce): Finding[] {
  switch (check.kind) {
    case 'away':
      return [away('bucket', `is away, and nothing is accepted or submitted until it answers: ${check.says}`)]
    case 'refused':
    case 'foreign':
      return [refuse('bucket', check.says)]
    case 'overwrites':
      return [refuse('create once', check.says)]
    case 'sound': {
      const skew = check.clockSkewMs ?? 0
      return [
        ok('bucket', 'can be written to, read and listed'),
        createOnce === 'off'
          ? warn('create once', 'S3_CREATE_ONCE=off: after a failover of Redis an edit may be paid twice')
          : ok('create once', `what is there is never overwritten (${createOnce})`),
        Math.abs(skew) < skewLimitMs
          ? ok('clock', `${Math.round(Math.abs(skew) / 1000)} s from the bucket's`)
          : warn('clock', `${Math.round(skew / 1000)} s from the bucket's: set this machine's clock`),
      ]
    }
  }
}

/** Whether DashScope can open an address that the bucket signed, and what is done where it cannot. */
export function lookAtDelivery(signed: string, bucket: string, wanted: Delivery | 'auto'): Finding {
  const what = 'source delivery'
  const fault = faultOfSignedAddress(signed, bucket)
  if (wanted === 'upload' || wanted === 'inline')
    return ok(what, `${wanted}, as RESTYLE_SOURCE_DELIVERY says`)
  if (fault !== undefined && wanted === 'auto')
    return ok(what, `upload, for DashScope cannot open addresses here: ${fault}`)
  if (fault !== undefined)
    return refuse(
      what,
      `DashScope cannot open a signed address, for ${fault}: set S3_PUBLIC_ENDPOINT to the server's public address, or RESTYLE_SOURCE_DELIVERY=auto`,
    )
  if (signed.startsWith('http:'))
    return warn(what, 'presign, over http: whoever is on the way can read the pictures, so take https')
  return ok(what, 'presign: a signed address has a public host')
}
