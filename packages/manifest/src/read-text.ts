import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { Stop } from '../stop.ts'

/** The text of a file in pieces, without a byte order mark. Stops at what is no UTF-8 text. */
export async function* readText(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const decode = (chunk?: Buffer) => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true })
    } catch {
      throw new Stop('input', [`${basename(path)} is not UTF-8: save it as "CSV UTF-8", or as UTF-8 text`])
    }
  }
  for await (const chunk of createReadStream(path)) {
    const text = decode(chunk as Buffer)
    if (text.includes('\0'))
      throw new Stop('input', [`${basename(path)} holds NUL characters: it is no text file`])
    yield text
  }
  yield decode()
}
