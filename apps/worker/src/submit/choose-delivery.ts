import { faultOfSignedAddress } from '@restyle/shared/store/signed-address'
import type { StoreOptions } from '@restyle/shared/store/store-options'

/** How the vendor gets pictures that are in a bucket: by a signed address, from its own temporary store, or inlined. */
export type Delivery = 'presign' | 'upload' | 'inline'

/** What is done with pictures in a bucket, and why, as a sentence for the log. */
export type ChosenDelivery = { delivery: Delivery; because: string }

/** `auto` signs addresses where the vendor can open them, and uploads where it cannot. */
export function chooseDelivery(
  wanted: Delivery | 'auto',
  {
    endpoint,
    publicEndpoint = endpoint,
    bucket,
  }: Pick<StoreOptions, 'endpoint' | 'publicEndpoint' | 'bucket'>,
): ChosenDelivery {
  if (wanted !== 'auto') return { delivery: wanted, because: 'RESTYLE_SOURCE_DELIVERY says so' }
  const fault = publicEndpoint === undefined ? undefined : faultOfSignedAddress(publicEndpoint, bucket)
  return fault === undefined
    ? { delivery: 'presign', because: 'signed addresses of the bucket can be opened from the internet' }
    : { delivery: 'upload', because: `signed addresses cannot be opened from the internet: ${fault}` }
}
