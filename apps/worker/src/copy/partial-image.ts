import { createHash } from 'node:crypto'
import { crc64 } from './crc64.ts'

/** What has arrived of an image, and by what the rest can be told to be of the same file. */
export type PartialImage = {
  bytes: Buffer
  /** Of the whole file, where the server said it. */
  length?: number | undefined
  etag?: string | undefined
  md5?: string | undefined
  crc64?: string | undefined
  contentType?: string | undefined
}

type Headers = Readonly<Record<string, string | string[] | undefined>>

/** What a 200 says of the file whose body it begins. */
export function beginningOf(headers: Headers): PartialImage {
  return {
    bytes: Buffer.alloc(0),
    length: numberOf(textOf(headers['content-length'])),
    // a weak one may stand for other bytes
    etag: textOf(headers['etag'])?.startsWith('"') ? textOf(headers['etag']) : undefined,
    md5: textOf(headers['content-md5']),
    crc64: textOf(headers['x-oss-hash-crc64ecma']),
    contentType: textOf(headers['content-type']),
  }
}

/** The headers that ask for the rest; none where nothing is there yet, or where nothing would tell that it is the same file. */
export function resumeHeaders(partial: PartialImage | undefined): Record<string, string> {
  if (partial === undefined || partial.bytes.length === 0) return {}
  const { bytes, etag, length, crc64: sum } = partial
  if (etag === undefined && (length === undefined || sum === undefined)) return {}
  return { range: `bytes=${bytes.length}-`, ...(etag === undefined ? {} : { 'if-range': etag }) }
}

/** Whether a 206 brings exactly what is missing of the same file. What its headers do not say, the checksum decides. */
export function continues(partial: PartialImage, headers: Headers): boolean {
  const [, from, to, total] =
    /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(textOf(headers['content-range']) ?? '') ?? []
  if (Number(from) !== partial.bytes.length) return false
  const length = total === '*' ? undefined : Number(total)
  if (length !== undefined && Number(to) !== length - 1) return false
  return (
    same(partial.length, length) &&
    same(partial.etag, textOf(headers['etag'])) &&
    same(partial.crc64, textOf(headers['x-oss-hash-crc64ecma']))
  )
}

/** Whether the bytes are those that the server summed. An ETag is not asked: it is the MD5 of some objects only. */
export function sumsMatch({ bytes, md5, crc64: sum }: PartialImage): boolean {
  if (md5 !== undefined && md5 !== createHash('md5').update(bytes).digest('base64')) return false
  return sum === undefined || sum === crc64(bytes)
}

const same = <T>(one: T | undefined, other: T | undefined): boolean =>
  one === undefined || other === undefined || one === other

const numberOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined

const textOf = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header
