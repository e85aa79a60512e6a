import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Store } from '@restyle/shared/store/store'
import sharp from 'sharp'
import { sha256Of, withText } from '../dashscope/origin.ts'
import { shortImage } from '../dashscope/short-image.ts'

/** Begins the key of every source in a bucket; a result's never does. */
export const sourcePrefix = 'source-'

/** A picture that one edit and no other is made from. */
export type Source = { address: string; sha256: string }

/** Where the pictures come from, so that the simulator's tasks tell whose they are. */
export type Sources = {
  /** The host and port of those on the web. */
  host: string
  /** Makes a picture for one edit. Throws what the store throws. */
  make: (name: string, place: 'web' | 'bucket') => Promise<Source>
  /** The address of a picture that was sent inline, as the simulator remembers it; other addresses as they are. */
  addressOf: (image: string) => string
  stop: () => Promise<void>
}

/** Serves a picture under every address, and puts others into the bucket that `store` is. */
export async function openSources(store: Store, bucket: string): Promise<Sources> {
  const picture = await drawPicture()
  const inBucket = new Map<string, string>()
  const server = createServer(({ url = '/' }, response) =>
    response.writeHead(200, { 'content-type': 'image/png' }).end(picture(url.slice(1))),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    host,
    make: async (name, place) => {
      const bytes = picture(`${name}.png`)
      const sha256 = sha256Of(bytes)
      if (place === 'web') return { address: `http://${host}/${name}.png`, sha256 }
      const key = `${sourcePrefix}${name}.png`
      await store.putIfAbsent(key, bytes, { contentType: 'image/png', sha256 })
      const address = `s3://${bucket}/${key}`
      inBucket.set(shortImage(`data:image/png;base64,${bytes.toString('base64')}`), address)
      return { address, sha256 }
    },
    addressOf: (image) => inBucket.get(image) ?? image,
    stop: async () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** Draws one picture, and gives it a name of its own among its bytes. */
async function drawPicture(): Promise<(name: string) => Buffer> {
  const create = { width: 400, height: 400, channels: 3 as const, background: '#c84' }
  const drawn = await sharp({ create }).png().toBuffer()
  return (name) => withText(drawn, 'name', name)
}
