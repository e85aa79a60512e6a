import sharp from 'sharp'
import { sha256Of } from './origin.ts'
import type { SimulatedModel } from './simulated-models.ts'

/** Why a task failed: the vendor's code and words. */
export type Failure = { code?: string | undefined; message?: string | undefined }

/** An input picture, or why the service could not use it. `sha256` is of what was received. */
export type Input =
  | { ok: true; bytes: Buffer; sha256: string; width: number; height: number }
  | { ok: false; failure: Failure }

const downloadMs = 10_000
const formats = new Set(['jpeg', 'png', 'webp'])

const failed = (code: string, message: string): Input => ({ ok: false, failure: { code, message } })

/** libvips reads no BMP, so its size comes from the header and the picture is replaced by a grey one. */
const readBmp = async (bytes: Buffer): Promise<Buffer> => {
  if (bytes.length < 26 || bytes.toString('latin1', 0, 2) !== 'BM') return bytes
  const [width, height] = [bytes.readInt32LE(18), Math.abs(bytes.readInt32LE(22))]
  if (width < 1 || width > 8000 || height < 1 || height > 8000) return bytes
  return sharp({ create: { width, height, channels: 3, background: '#888' } })
    .png()
    .toBuffer()
}

const download = async (url: string, most: number, signal: AbortSignal): Promise<Buffer | undefined> => {
  try {
    const answer = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(downloadMs)]) })
    if (!answer.ok || !answer.body) return undefined
    const chunks: Uint8Array[] = []
    let length = 0
    for await (const chunk of answer.body) {
      chunks.push(chunk)
      length += chunk.byteLength
      // one byte too many is enough to refuse it by size
      if (length > most) break
    }
    return Buffer.concat(chunks)
  } catch {
    return undefined
  }
}

const check = async (received: Buffer, model: SimulatedModel): Promise<Input> => {
  if (received.length > model.inputBytes) {
    return failed('InvalidParameter', `The size of the image must not exceed ${model.inputBytes} bytes.`)
  }
  const bytes = await readBmp(received)
  const { width, height, format } = await sharp(bytes)
    .metadata()
    .catch(() => ({ width: 0, height: 0, format: 'unknown' }))
  if (!formats.has(format)) return failed('InvalidParameter', 'The image format is not supported.')
  const [min, max] = model.side
  if (Math.min(width, height) < min || Math.max(width, height) > max) {
    return failed('InvalidParameter', `The image resolution must be between ${min} and ${max} pixels.`)
  }
  if (Math.max(width / height, height / width) > model.inputRatio) {
    return failed('InvalidParameter', `The aspect ratio of the image must not exceed ${model.inputRatio}:1.`)
  }
  return { ok: true, bytes, sha256: sha256Of(received), width, height }
}

/**
 * Fetches an input picture as the service would (http(s), `data:`, or an upload by its `oss://` name) and checks
 * format, sides, ratio and bytes. docs/dashscope.md §1.3, §5
 */
export const fetchInput = async (
  image: string,
  model: SimulatedModel,
  uploads: (name: string) => Buffer | undefined,
  signal: AbortSignal,
): Promise<Input> => {
  if (image.startsWith('data:')) {
    return check(Buffer.from(image.slice(image.indexOf(',') + 1), 'base64'), model)
  }
  const bytes = image.startsWith('oss://') ? uploads(image) : await download(image, model.inputBytes, signal)
  if (!bytes) return failed('BadRequest.InputDownloadFailed', `Failed to download the input file.`)
  return check(bytes, model)
}
