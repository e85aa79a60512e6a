import { bucketAddress, ObjectFault, type ObjectReader } from '@restyle/manifest/object-reader'
import { readProxies } from '@restyle/shared/net/proxy-settings'
import type { Objects, ObjectsOptions } from '@restyle/shared/store/open-objects'
import { StoreError } from '@restyle/shared/store/store-error'

type Env = Readonly<Record<string, string | undefined>>

/**
 * Reads buckets by the usual AWS environment (`AWS_ACCESS_KEY_ID`, `AWS_REGION`, `AWS_ENDPOINT_URL_S3`, `AWS_PROFILE` and so on);
 * `S3_FORCE_PATH_STYLE` as the workers have it. The SDK is loaded at the first call: most runs need none.
 */
export function awsObjects(env: Env): ObjectReader & { close: () => void } {
  let opened: Promise<Objects> | undefined
  const objects = () => {
    opened ??= import('@restyle/shared/store/open-objects').then(({ openObjects }) =>
      openObjects(optionsOf(env)),
    )
    return opened
  }
  return {
    list: async function* (prefix, after) {
      const { bucket, key } = partsOf(prefix)
      try {
        yield* (await objects()).list(bucket, key, after)
      } catch (error) {
        throw faultOf(error, bucket)
      }
    },
    open: async (address) => {
      const { bucket, key } = partsOf(address)
      try {
        return untilCut(await (await objects()).open(bucket, key))
      } catch (error) {
        throw faultOf(error, bucket)
      }
    },
    close: () => void opened?.then((each) => each.close()),
  }
}

const partsOf = (address: string) => bucketAddress(address) ?? { bucket: '', key: '' }

async function* untilCut(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes
  } catch (error) {
    throw new ObjectFault(`broke off while it was read (${new StoreError('get', error).code}); run it again`)
  }
}

function faultOf(error: unknown, bucket: string): unknown {
  if (!(error instanceof StoreError)) return error
  const { code, said, status } = error
  if (code === 'NoSuchBucket') return new ObjectFault(`cannot be read: there is no bucket ${bucket}`)
  if (status === 404 || code === 'NoSuchKey') return new ObjectFault('does not exist')
  const why = said === '' || said === code ? code : `${code}: ${said.slice(0, 300)}`
  return new ObjectFault(`cannot be read (${why})${hints[code] ?? hints[said] ?? ''}`)
}

const keys = '; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE'
const server = '; look at AWS_ENDPOINT_URL_S3'

/** What a person changes. */
const hints: Readonly<Record<string, string>> = {
  CredentialsProviderError: keys,
  InvalidAccessKeyId: keys,
  SignatureDoesNotMatch: keys,
  ExpiredToken: '; these are credentials for a time: renew them',
  'Region is missing': '; set AWS_REGION, and AWS_ENDPOINT_URL_S3 where it is not Amazon',
  AccessDenied: '; let this key list and read there',
  ECONNREFUSED: server,
  ENOTFOUND: server,
  Timeout: server,
}

function optionsOf(env: Env): ObjectsOptions {
  const endpoint = env['AWS_ENDPOINT_URL_S3'] || env['AWS_ENDPOINT_URL'] || undefined
  const region =
    env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || (endpoint === undefined ? undefined : 'us-east-1')
  const [accessKeyId, secretAccessKey] = [env['AWS_ACCESS_KEY_ID'], env['AWS_SECRET_ACCESS_KEY']]
  const sessionToken = env['AWS_SESSION_TOKEN']
  const { proxies } = readProxies(env)
  return {
    proxies,
    forcePathStyle: env['S3_FORCE_PATH_STYLE'] === 'true' || isBareHost(endpoint),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
    ...(accessKeyId && secretAccessKey
      ? { credentials: { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) } }
      : {}),
  }
}

/** A server that has no names below it to put a bucket before. */
function isBareHost(endpoint: string | undefined): boolean {
  const host = URL.parse(endpoint ?? '')?.hostname ?? ''
  return host === 'localhost' || /^(\d{1,3}(\.\d{1,3}){3}|\[.*\])$/.test(host)
}
