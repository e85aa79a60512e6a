import { lookup as lookUp } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { S3Client } from '@aws-sdk/client-s3'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { proxiedAgents } from '../net/proxied-agents.ts'
import { noProxies } from '../net/proxy-settings.ts'
import type { StoreOptions } from './store-options.ts'

export const attemptsPerCall = 3

/** As many as the SDK's own agent opens. */
const mostSockets = 50

/** `again` is for what was sent once already; `signer` makes addresses for others and sends nothing itself. */
export type S3Clients = { client: S3Client; again: S3Client; signer: S3Client; close: () => void }

export function openClients(options: StoreOptions, requestTimeoutMs: number): S3Clients {
  const { endpoint, publicEndpoint = endpoint, createOnce = 'if-none-match', proxies = noProxies } = options
  const { region, accessKeyId, secretAccessKey, forcePathStyle = false } = options
  const common = { region, forcePathStyle, maxAttempts: attemptsPerCall }
  const sending = {
    ...common,
    ...(endpoint && { endpoint }),
    ...(accessKeyId && secretAccessKey && { credentials: { accessKeyId, secretAccessKey } }),
    // what is sent carries a checksum of ours; the SDK's own extras are refused by some stores
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: createOnce === 'if-none-match' ? 'WHEN_SUPPORTED' : 'WHEN_REQUIRED',
    // the SDK's own default waits for ever
    requestHandler: new NodeHttpHandler({
      connectionTimeout: Math.min(requestTimeoutMs, 5_000),
      requestTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true,
      ...proxiedAgents(proxies, { maxSockets: mostSockets, lookup: localhostIsHere }),
    }),
  } as const
  const client = new S3Client(sending)
  const { credentials } = client.config
  const again = new S3Client({ ...sending, credentials, maxAttempts: attemptsPerCall - 1 })
  const signer = new S3Client({
    ...common,
    ...(publicEndpoint && { endpoint: publicEndpoint }),
    credentials,
    // otherwise x-amz-checksum-… stands in the address, and stores that do not know it call the signature wrong
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  })
  const close = () => {
    client.destroy()
    again.destroy()
    signer.destroy()
  }
  return { client, again, signer, close }
}

/** `bucket.localhost` is this machine (RFC 6761), also where the system's resolver does not know it. */
export const localhostIsHere: LookupFunction = (host, options, done) =>
  lookUp(host.endsWith('.localhost') ? 'localhost' : host, options, done)
