import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'

/** What an image was made of: SHA-256 in hex of the prompt's UTF-8, and of each source picture as it was received. */
export type Origin = { prompt: string; sources: string[] }

const keyword = 'restyle-origin'
/** Signature and IHDR: every PNG begins with them, and another chunk may follow. */
const headBytes = 33

/** In hex. */
export const sha256Of = (bytes: string | Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex')

/** The same PNG with a text in it, Latin-1, that shows in no pixel. */
export function withText(png: Buffer, name: string, text: string): Buffer {
  const typed = Buffer.from(`tEXt${name}\0${text}`, 'latin1')
  const chunk = Buffer.alloc(typed.length + 8)
  chunk.writeUInt32BE(typed.length - 4, 0)
  typed.copy(chunk, 4)
  chunk.writeUInt32BE(crc32(typed), typed.length + 4)
  return Buffer.concat([png.subarray(0, headBytes), chunk, png.subarray(headBytes)])
}

/** Writes into a picture what it was made of: a copy that keeps the bytes keeps that too. */
export const withOrigin = (png: Buffer, origin: Origin): Buffer =>
  withText(png, keyword, JSON.stringify(origin))

/** What an image was made of; undefined for a picture that this simulator did not make. */
export function readOrigin(image: Buffer): Origin | undefined {
  const head = `tEXt${keyword}\0`
  if (image.subarray(headBytes + 4, headBytes + 4 + head.length).toString('latin1') !== head) return undefined
  const from = headBytes + 4 + head.length
  const until = headBytes + 8 + image.readUInt32BE(headBytes)
  return JSON.parse(image.subarray(from, until).toString('latin1')) as Origin
}
