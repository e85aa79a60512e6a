import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, realpath, stat } from 'node:fs/promises'
import { isAbsolute, relative, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Picture } from '@restyle/dashscope/accepts'
import type { LocalPicture, PictureReader } from '@restyle/manifest/check-row'
import sharp from 'sharp'
import { errorCode } from '../show/error-code.ts'
import { bmpSize } from './bmp-size.ts'

const START_BYTES = 4096

/**
 * Reads the header and the digest of a picture, never the whole of it into memory. `within`: the folder that must hold
 * it, after links are followed. A fault continues after the picture's name: `is a text file, not a picture`.
 */
export async function readPicture(path: string, within?: string): ReturnType<PictureReader> {
  try {
    const { size, fault } = await lookAt(path, within)
    if (fault !== undefined) return { kind: 'fault', detail: fault }
    const start = await startOf(path)
    const header = await headerOf(path, start)
    if (header === undefined)
      return { kind: 'fault', detail: isText(start) ? 'is a text file, not a picture' : 'is not a picture' }
    const local: LocalPicture = { path, picture: { ...header, bytes: size }, sha256: await sha256Of(path) }
    return { kind: 'picture', local }
  } catch (error) {
    const code = errorCode(error)
    const detail = code === 'ENOENT' || code === 'ENOTDIR' ? 'does not exist' : `cannot be read (${code})`
    return { kind: 'fault', detail }
  }
}

async function lookAt(path: string, within: string | undefined): Promise<{ size: number; fault?: string }> {
  const found = await stat(path)
  const { size } = found
  if (found.isDirectory()) return { size, fault: 'is a folder, not a picture' }
  if (!found.isFile()) return { size, fault: 'is not a regular file' }
  if (within !== undefined && (await leadsOutside(path, within)))
    return { size, fault: `leads outside ${within}; allow another folder with --pictures` }
  return size === 0 ? { size, fault: 'is empty' } : { size }
}

/** Reads pictures relative to `folder`, each path once even if several rows name it. */
export function pictureReader(folder: string, within?: string): PictureReader {
  const known = new Map<string, ReturnType<PictureReader>>()
  return (path) => {
    const absolute = resolve(folder, path)
    const reading = known.get(absolute) ?? readPicture(absolute, within)
    known.set(absolute, reading)
    return reading
  }
}

async function leadsOutside(path: string, within: string): Promise<boolean> {
  const way = relative(await realpath(within), await realpath(path))
  return isAbsolute(way) || way.split(/[\\/]/)[0] === '..'
}

async function startOf(path: string): Promise<Buffer> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(START_BYTES), 0, START_BYTES, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

async function headerOf(path: string, start: Buffer): Promise<Omit<Picture, 'bytes'> | undefined> {
  const bmp = bmpSize(start)
  if (bmp !== undefined) return { format: 'bmp', ...bmp }
  try {
    // only the header is read, so a picture of any size does no harm
    const { format, width, height } = await sharp(path, { limitInputPixels: false }).metadata()
    return { format, width, height }
  } catch {
    return undefined
  }
}

function isText(start: Buffer): boolean {
  try {
    return !new TextDecoder('utf-8', { fatal: true }).decode(start, { stream: true }).includes('\0')
  } catch {
    return false
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}
