import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openStore } from '@restyle/shared/store/store'
import type { Store } from '@restyle/shared/store/store'
import type { StoreOptions } from '@restyle/shared/store/store-options'
import { startS3 } from '../../src/s3/start-s3.ts'
import type { S3Options, S3Server } from '../../src/s3/start-s3.ts'

/** A bucket in a server of its own, until `close`. */
export type BucketWorld = {
  server: S3Server
  store: Store
  /** The same bucket opened otherwise. */
  open: (options?: Partial<StoreOptions>) => Store
  /** The endpoint of a server that says the same to everyone, as no honest S3 would. */
  alwaysAnswering: (status: number, body?: string, headers?: Record<string, string>) => Promise<string>
  close: () => Promise<void>
}

export const bucket = 'bucket'
export const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'canary-secret' }

export async function openBucketWorld(options: Partial<S3Options> = {}): Promise<BucketWorld> {
  const server = await startS3({ ...credentials, buckets: [bucket], ...options })
  const stores: Store[] = []
  const open = (other: Partial<StoreOptions> = {}) => {
    const store = openStore({
      endpoint: server.url,
      region: 'us-east-1',
      bucket,
      ...credentials,
      forcePathStyle: true,
      ...other,
    })
    stores.push(store)
    return store
  }
  const fakes: Server[] = []
  return {
    server,
    store: open(),
    open,
    async alwaysAnswering(status, body = '', headers = {}) {
      const fake = createServer((request, response) => {
        request.resume()
        request.on('end', () => response.writeHead(status, headers).end(body))
      })
      fakes.push(fake)
      await once(fake.listen(0, '127.0.0.1'), 'listening')
      return `http://127.0.0.1:${(fake.address() as AddressInfo).port}`
    },
    async close() {
      for (const fake of fakes) {
        fake.closeAllConnections()
        fake.close()
      }
      for (const store of stores) store.close()
      await server.stop()
    },
  }
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
