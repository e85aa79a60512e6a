import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { proxiedAgents } from '../net/proxied-agents.ts'
import { noProxies, type ProxySettings } from '../net/proxy-settings.ts'
import { callBucket, type Bucket } from './call-bucket.ts'
import { attemptsPerCall, localhostIsHere } from './s3-client.ts'

/** How to reach buckets that are read only. What is absent is found as the AWS SDK finds it: profile, role, machine. */
export type ObjectsOptions = {
  endpoint?: string
  region?: string
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }
  forcePathStyle?: boolean
  proxies?: ProxySettings
  /** For an answer to begin, and between two pieces of it; default 30 s. */
  requestTimeoutMs?: number
}

type ObjectEntry = { key: string; bytes: number }

/** Reads objects of any bucket. Failures are `StoreError`s; those in the middle of an object are what the connection throws. */
export type Objects = {
  /** In the order of the keys, from the first key behind `after`. */
  list(bucket: string, prefix: string, after?: string): AsyncIterable<ObjectEntry>
  open(bucket: string, key: string): Promise<AsyncIterable<Uint8Array>>
  close(): void
}

/** Opens buckets for reading; nothing is sent before the first call. */
export function openObjects(options: ObjectsOptions): Objects {
  const { requestTimeoutMs = 30_000, proxies = noProxies, endpoint, region, credentials } = options
  const client = new S3Client({
    maxAttempts: attemptsPerCall,
    forcePathStyle: options.forcePathStyle ?? false,
    // whoever names a bucket seldom knows where it is
    followRegionRedirects: true,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
    ...(credentials === undefined ? {} : { credentials }),
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: new NodeHttpHandler({
      connectionTimeout: Math.min(requestTimeoutMs, 5_000),
      requestTimeout: requestTimeoutMs,
      socketTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true,
      ...proxiedAgents(proxies, { lookup: localhostIsHere }),
    }),
  })
  const bucketOf = (name: string): Bucket => ({
    client,
    name,
    createOnce: 'off',
    callTimeoutMs: (attemptsPerCall + 1) * requestTimeoutMs,
  })
  return {
    list: (name, prefix, after) => listAll(bucketOf(name), prefix, after),
    open: async (name, key) => {
      const bucket = bucketOf(name)
      const asked = new GetObjectCommand({ Bucket: name, Key: key })
      const { Body } = await callBucket(bucket, `get ${key}`, (limits) => client.send(asked, limits))
      return (Body ?? []) as AsyncIterable<Uint8Array>
    },
    close: () => client.destroy(),
  }
}

async function* listAll(bucket: Bucket, prefix: string, after?: string): AsyncGenerator<ObjectEntry> {
  let token: string | undefined
  do {
    const asked = new ListObjectsV2Command({
      Bucket: bucket.name,
      Prefix: prefix,
      StartAfter: after,
      ContinuationToken: token,
    })
    const page = await callBucket(bucket, `list ${prefix}`, (limits) => bucket.client.send(asked, limits))
    for (const { Key: key, Size: bytes = 0 } of page.Contents ?? [])
      if (key !== undefined) yield { key, bytes }
    token = page.NextContinuationToken
  } while (token !== undefined)
}
