import { S3Client } from '@aws-sdk/client-s3'
import type { S3ClientConfig } from '@aws-sdk/client-s3'

/** A running server of any make. */
export interface ContractServer {
  url: string
  accessKeyId: string
  secretAccessKey: string
  stop: () => Promise<void>
}

/** What a check works with: a server, a client with one attempt per call, a bucket, and keys of its own. */
export interface CheckWorld {
  server: ContractServer
  client: S3Client
  bucket: string
  /** Names made with it are this check's alone. */
  key: (name: string) => string
}

/** A promise about S3: it holds or throws. */
export type Check = (world: CheckWorld) => Promise<void>

/** A client for a server, path style; give it `maxAttempts` to see retries. */
export function clientFor(server: Omit<ContractServer, 'stop'>, more: S3ClientConfig = {}): S3Client {
  const { accessKeyId, secretAccessKey } = server
  return new S3Client({
    endpoint: server.url,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: 1,
    requestHandler: { requestTimeout: 10_000, throwOnRequestTimeout: true },
    ...more,
  })
}

/** What a refused call says: code and HTTP status; fails when the call goes through. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  const error: unknown = await call.then(
    () => undefined,
    (cause: unknown) => cause,
  )
  if (!(error instanceof Error)) return 'nothing was refused'
  const metadata = '$metadata' in error ? error.$metadata : undefined
  const status =
    typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata
      ? metadata.httpStatusCode
      : undefined
  return status === undefined ? error.name : `${JSON.stringify(status)} ${error.name}`
}
