import type { Log } from '@restyle/shared/log'
import { guardedAgent } from '@restyle/shared/net/guarded-agent'
import type { ProxySettings } from '@restyle/shared/net/proxy-settings'
import { openBuckets } from '@restyle/shared/store/open-buckets'
import { mayRead, type SourceBucket } from '@restyle/shared/store/source-buckets'
import type { Store } from '@restyle/shared/store/store'
import { openPictures, type Pictures } from './pictures.ts'

/** Where the sources are that pictures are made of. */
export type PictureOptions = {
  /** What `s3://` sources may name. */
  places?: readonly SourceBucket[] | undefined
  openBucket?: ((bucket: string) => Store) | undefined
  proxies?: ProxySettings | undefined
  /** Exact `host:port` pairs that sources may come from although they are not public. */
  allowHosts: readonly string[]
}

/** Opens what pictures are made of; public addresses only. */
export function startPictures(
  { store, log }: { store: Store; log: Log },
  { places = [], openBucket, proxies, allowHosts }: PictureOptions,
): { pictures: Pictures; stop(): Promise<void> } {
  const stopping = new AbortController()
  const buckets = openBuckets(openBucket)
  const dispatcher = guardedAgent({
    ...(proxies === undefined ? {} : { proxies }),
    allow: (address, port) => allowHosts.includes(`${address}:${port}`),
  })
  const pictures = openPictures({
    store,
    log,
    dispatcher,
    bucketOf: buckets.of,
    mayRead: (producer, bucket, key) => mayRead(places, producer, bucket, key),
    stopping: stopping.signal,
  })
  return {
    pictures,
    stop: async () => {
      stopping.abort()
      buckets.close()
      await dispatcher.close()
    },
  }
}
