import { hash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { S3Error } from './s3-error.ts'
import type { Headers } from './sigv4.ts'

/** The checksum algorithms of S3 that this server computes (crc64nvme and the newer ones it refuses). */
export type ChecksumAlgorithm = 'crc32' | 'crc32c' | 'sha1' | 'sha256'

/** What is known of a body once it was read and believed. */
export interface Digests {
  /** Hex. */
  md5: string
  /** Hex. */
  sha256: string
  /** The checksums the client sent, all true: header name → base64. */
  checksums: Record<string, string>
}

const algorithms = new Map<string, (body: Buffer) => Buffer>([
  ['crc32', (body) => bigEndian(crc32(body))],
  ['crc32c', (body) => bigEndian(crc32c(body))],
  ['sha1', (body) => hash('sha1', body, 'buffer')],
  ['sha256', (body) => hash('sha256', body, 'buffer')],
])

/** A body's checksum in base64. Throws NotImplemented for an algorithm not known here. */
export function checksumOf(algorithm: string, body: Buffer): string {
  const compute = algorithms.get(algorithm)
  if (compute === undefined)
    throw new S3Error('NotImplemented', `The checksum algorithm ${algorithm} is not implemented.`)
  return compute(body).toString('base64')
}

/**
 * Compares a body with all that the request says of it: payload hash, Content-MD5, x-amz-checksum-* in headers or trailers.
 * Throws XAmzContentSHA256Mismatch, InvalidDigest, BadDigest, InvalidRequest, MalformedTrailerError.
 */
export function verifyBody(body: Buffer, payload: string, headers: Headers, trailers: Headers): Digests {
  const sha256 = hash('sha256', body)
  const md5 = hash('md5', body)
  if (/^[0-9a-f]{64}$/.test(payload) && payload !== sha256) throw new S3Error('XAmzContentSHA256Mismatch')
  const claimedMd5 = headers['content-md5']
  if (claimedMd5 !== undefined && Buffer.from(claimedMd5, 'base64').length !== 16)
    throw new S3Error('InvalidDigest')
  if (claimedMd5 !== undefined && Buffer.from(claimedMd5, 'base64').toString('hex') !== md5)
    throw new S3Error('BadDigest')

  const promised = headers['x-amz-trailer']
  if (promised !== undefined && trailers[promised.toLowerCase()] === undefined)
    throw new S3Error('MalformedTrailerError')
  const checksums: Record<string, string> = {}
  for (const [name, claimed] of [...Object.entries(headers), ...Object.entries(trailers)]) {
    const algorithm = /^x-amz-checksum-(?!algorithm$|mode$|type$)(.+)$/.exec(name)?.[1]
    if (algorithm === undefined || claimed === undefined) continue
    const computed =
      algorithm === 'sha256' ? Buffer.from(sha256, 'hex').toString('base64') : checksumOf(algorithm, body)
    if (claimed.length !== computed.length)
      throw new S3Error('InvalidRequest', `Value for ${name} header is invalid.`)
    if (claimed !== computed)
      throw new S3Error(
        'BadDigest',
        `The ${algorithm.toUpperCase()} you specified did not match the calculated checksum.`,
      )
    checksums[name] = claimed
  }
  return { md5, sha256, checksums }
}

const castagnoli = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1
  return value
})

function crc32c(body: Buffer): number {
  let value = 0xffffffff
  for (const byte of body) value = (castagnoli[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8)
  return (value ^ 0xffffffff) >>> 0
}

function bigEndian(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
