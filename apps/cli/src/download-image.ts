import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { ApiError } from '@restyle/client/api-error'
import type { Client } from '@restyle/client/client'
import { errorCode } from './show/error-code.ts'

/** An image to fetch: `links` gives a new address where an old one has ended. */
export type Wanted = {
  url: string
  sha256: string
  /** How many bytes it has, where that is known. */
  bytes: number | undefined
  freshUrl: () => Promise<string | undefined>
}

export type DownloadTools = {
  client: Pick<Client, 'images'>
  signal: AbortSignal
  wait: (ms: number, signal: AbortSignal) => Promise<unknown>
}

/** `there`: the file was there already, with these bytes. */
export type Downloaded = { kind: 'there' | 'downloaded' } | { kind: 'failed'; why: string }

/** Tries for one image, and the pauses between them. */
const pausesMs = [500, 2_000, 5_000]

/**
 * Fetches an image into a file. What of it is there from an earlier run is gone on with, and the digest decides whether the whole
 * is right. The file appears only then. Throws what the disk throws.
 */
export async function downloadImage(path: string, wanted: Wanted, tools: DownloadTools): Promise<Downloaded> {
  const there = await digestOf(path)
  if (there === wanted.sha256) return { kind: 'there' }
  if (there !== undefined) return { kind: 'failed', why: `${path} is another file: move it away` }
  await mkdir(dirname(path), { recursive: true })
  const part = `${path}.part`
  let { url } = wanted
  for (let attempt = 0; ; attempt += 1) {
    const outcome = await fetchInto(part, url, wanted, tools)
    if (outcome === undefined) break
    const pause = pausesMs[attempt]
    if (pause === undefined || outcome.next === 'give up') return { kind: 'failed', why: outcome.why }
    if (outcome.next === 'new address') url = (await wanted.freshUrl()) ?? url
    else if (outcome.next === 'wait') await tools.wait(pause, tools.signal)
  }
  await rename(part, path)
  return { kind: 'downloaded' }
}

type Trouble = { why: string; next: 'again' | 'wait' | 'new address' | 'give up' }

/** Fetches what is missing of a part; undefined where all of it is there and right. */
async function fetchInto(
  part: string,
  url: string,
  { sha256, bytes }: Wanted,
  { client, signal }: DownloadTools,
): Promise<Trouble | undefined> {
  const has = await sizeOf(part)
  // an earlier run may have got all of it
  if (has > 0 && has === bytes) return checked(part, sha256, has)
  const from = bytes !== undefined && has > bytes ? 0 : has
  try {
    const opened = await client.images.open(url, { from, signal })
    // whether what comes fits behind what is there shows in the digest
    const file = await open(part, opened.from === 0 ? 'w' : 'a')
    try {
      for await (const piece of opened.bytes) await file.writeFile(piece)
    } finally {
      await file.close()
    }
    return await checked(part, sha256, opened.from)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return troubleOf(error, part, from)
  }
}

/** What was put together from two runs and is wrong may be right in one. */
async function checked(part: string, sha256: string, from: number): Promise<Trouble | undefined> {
  if ((await digestOf(part)) === sha256) return undefined
  await rm(part, { force: true })
  return {
    why: 'what came has other bytes than were stored (SHA-256)',
    next: from > 0 ? 'again' : 'wait',
  }
}

async function troubleOf(error: ApiError, part: string, from: number): Promise<Trouble> {
  const { status, message } = error
  if (status === undefined || status === 429 || status >= 500) return { why: message, next: 'wait' }
  if (status === 404) return { why: 'the bucket has no such image', next: 'give up' }
  if (status === 416 || (status === 206 && from > 0)) {
    await rm(part, { force: true })
    return { why: message, next: 'again' }
  }
  return { why: `${message}: the address has ended, or may not be opened`, next: 'new address' }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (isAbsent(error)) return 0
    throw error
  }
}

/** undefined where there is no such file. */
async function digestOf(path: string): Promise<string | undefined> {
  const hash = createHash('sha256')
  try {
    await pipeline(createReadStream(path), hash)
    return hash.digest('hex')
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw error
  }
}

const isAbsent = (error: unknown): boolean => errorCode(error) === 'ENOENT'
