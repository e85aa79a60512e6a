import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { catalogLimits } from './catalog-limits.ts'
import { Unfit } from './unfit.ts'

const { lineCharacters } = catalogLimits

/**
 * The text of a file in pieces, without a byte order mark. Throws `Unfit` where it is not UTF-8 text, or where one line
 * has no end: whatever reads it may keep a line in memory.
 */
export async function* readText(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let line = 1
  let length = 0
  for await (const chunk of createReadStream(path)) {
    const bytes = chunk as Buffer
    const text = decode(decoder, bytes)
    if (text === undefined) throw notText(path, line + linesBefore(bytes))
    if (text.includes('\0'))
      throw new Unfit(
        basename(path),
        `holds NUL characters (line ${line + lineAt(text)}); it is not a text file`,
      )
    for (const [index, part] of text.split(/\r\n|\r|\n/).entries()) {
      if (index > 0) [line, length] = [line + 1, 0]
      length += part.length
      if (length > lineCharacters)
        throw new Unfit(`line ${line}`, `is longer than ${lineCharacters} characters`)
    }
    yield text
  }
  const rest = decode(decoder)
  if (rest === undefined) throw notText(path, line)
  yield rest
}

function decode(decoder: InstanceType<typeof TextDecoder>, bytes?: Buffer): string | undefined {
  try {
    return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true })
  } catch {
    return undefined
  }
}

const notText = (path: string, line: number): Unfit =>
  new Unfit(basename(path), `is not UTF-8 (line ${line}); save it as "CSV UTF-8", or as UTF-8 text`)

/** How many lines of a piece end before its first bytes that are no text. */
function linesBefore(bytes: Buffer): number {
  let lines = 0
  for (let start = 0; ; lines += 1) {
    const end = bytes.indexOf(0x0a, start)
    // the first line may begin with the rest of a character, the last one may end within one
    const part = bytes.subarray(start, end === -1 ? undefined : end).toString('utf8')
    if (end === -1 || (lines > 0 ? part : part.replace(/^\uFFFD{1,3}/, '')).includes('\uFFFD')) return lines
    start = end + 1
  }
}

const lineAt = (text: string): number => text.slice(0, text.indexOf('\0')).split(/\r\n|\r|\n/).length - 1
