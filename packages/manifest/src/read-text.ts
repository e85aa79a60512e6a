import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { Unfit } from './unfit.ts'

/** The text of a file in pieces, without a byte order mark. Throws `Unfit` where it is not UTF-8 text. */
export async function* readText(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const decode = (chunk?: Buffer) => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true })
    } catch {
      throw new Unfit(basename(path), 'is not UTF-8; save it as "CSV UTF-8", or as UTF-8 text')
    }
  }
  for await (const chunk of createReadStream(path)) {
    const text = decode(chunk as Buffer)
    if (text.includes('\0')) throw new Unfit(basename(path), 'holds NUL characters; it is not a text file')
    yield text
  }
  yield decode()
}
