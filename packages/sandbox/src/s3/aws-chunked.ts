import { hash } from 'node:crypto'
import { S3Error } from './s3-error.ts'
import type { Signed } from './sigv4.ts'

const emptySha256 = hash('sha256', '')

/** A body taken out of its aws-chunked frame. Trailers by lower-case name. */
export interface Unframed {
  body: Buffer
  trailers: Record<string, string>
}

/**
 * Undoes `Content-Encoding: aws-chunked`: `<hex size>[;chunk-signature=…]\r\n<bytes>\r\n` … `0[;…]\r\n<trailers>\r\n`.
 * Each chunk's signature chains on the one before (STREAMING-AWS4-HMAC-SHA256-PAYLOAD), so does the trailer's.
 * Throws IncompleteBody, SignatureDoesNotMatch, MalformedTrailerError.
 */
export function unframe(framed: Buffer, signed: Signed): Unframed {
  const chainsSignatures = signed.payload.startsWith('STREAMING-AWS4-HMAC-SHA256-PAYLOAD')
  const chunks: Buffer[] = []
  let previous = signed.signature
  let at = 0
  for (;;) {
    const head = lineAt(framed, at)
    const [, hex, signature] =
      /^([0-9a-fA-F]{1,8})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(head.text) ?? []
    if (hex === undefined) throw new S3Error('IncompleteBody')
    const size = Number.parseInt(hex, 16)
    const chunk = framed.subarray(head.next, head.next + size)
    if (chunk.length !== size) throw new S3Error('IncompleteBody')
    if (chainsSignatures) {
      previous = signed.sign('AWS4-HMAC-SHA256-PAYLOAD', [previous, emptySha256, hash('sha256', chunk)])
      if (signature !== previous) throw new S3Error('SignatureDoesNotMatch')
    }
    at = head.next + size
    if (size === 0) break
    chunks.push(chunk)
    if (framed.toString('latin1', at, at + 2) !== '\r\n') throw new S3Error('IncompleteBody')
    at += 2
  }
  const trailers = trailersAt(framed, at)
  if (chainsSignatures && signed.payload.endsWith('-TRAILER')) {
    const { 'x-amz-trailer-signature': signature, ...named } = trailers
    const lines = Object.entries(named).map(([name, value]) => `${name}:${value}\n`)
    if (signature !== signed.sign('AWS4-HMAC-SHA256-TRAILER', [previous, hash('sha256', lines.join(''))]))
      throw new S3Error('SignatureDoesNotMatch')
  }
  return { body: Buffer.concat(chunks), trailers }
}

function trailersAt(framed: Buffer, start: number): Record<string, string> {
  const trailers: Record<string, string> = {}
  for (let at = start; at < framed.length;) {
    const { text, next } = lineAt(framed, at)
    at = next
    if (text === '') break
    const colon = text.indexOf(':')
    if (colon < 1) throw new S3Error('MalformedTrailerError')
    trailers[text.slice(0, colon).toLowerCase()] = text.slice(colon + 1).trim()
  }
  return trailers
}

function lineAt(framed: Buffer, at: number): { text: string; next: number } {
  const end = framed.indexOf('\r\n', at)
  if (end < 0) throw new S3Error('IncompleteBody')
  return { text: framed.toString('latin1', at, end), next: end + 2 }
}
