import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { takesGzip } from './packing.ts'
import { vary } from './vary.ts'

const pack = promisify(gzip)
const unpack = promisify(gunzip)

/** A long text that stays the same, made and packed when it is asked for first: everybody may ask for it, without a key. */
export function packedText(make: () => string | Promise<string>) {
  let packing: Promise<Buffer> | undefined
  return async ({ headers }: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    packing ??= Promise.resolve(make()).then(async (text) => pack(text))
    const packed = await packing
    vary(reply, 'accept-encoding')
    return takesGzip(headers)
      ? reply.header('content-encoding', 'gzip').send(packed)
      : reply.send(await unpack(packed))
  }
}
