import { ApiError } from './api-error.ts'
import { call, fill } from './call.ts'
import type { Connection } from './connection.ts'
import type { CallOptions } from './exchange.ts'
import type { Bytes, Source } from './types.ts'

/** Longer than the producer may take to look at a picture. */
const putTimeoutMs = 130_000

const path = '/v1/sources/{sha256}'

/** Pictures that have no address of their own: sent as bytes, named by their SHA-256 in hex. */
export function sources(connection: Connection) {
  const read = (sha256: string, options: CallOptions = {}): Promise<Source> =>
    call(connection, 'get', path, { ...options, params: { sha256 }, has: 'image' })

  const put = (sha256: string, bytes: Bytes, options: CallOptions = {}): Promise<Source> =>
    call(connection, 'put', path, {
      ...options,
      params: { sha256 },
      bytes,
      has: 'image',
      timeoutMs: putTimeoutMs,
    })

  return {
    /** What an uploaded picture is; refuses with `not-found`. */
    read,

    /** Whether a picture was uploaded before. */
    has: async (sha256: string, options: CallOptions = {}): Promise<boolean> => {
      try {
        await connection.send({ ...options, method: 'HEAD', path: fill(path, { sha256 }) })
        return true
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return false
        throw error
      }
    },

    /** Sends the bytes whose digest is known. */
    put,

    /** Sends the bytes unless the producer has them. */
    upload: async (bytes: Bytes, options: CallOptions = {}): Promise<Source> => {
      const sha256 = await digestOf(bytes)
      try {
        return await read(sha256, options)
      } catch (error) {
        if (error instanceof ApiError && error.code === 'not-found') return put(sha256, bytes, options)
        throw error
      }
    },
  }
}

async function digestOf(bytes: Bytes): Promise<string> {
  const whole = bytes instanceof Blob ? await bytes.arrayBuffer() : bytes
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', whole as Uint8Array<ArrayBuffer>))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
