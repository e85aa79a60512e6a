import { once } from 'node:events'
import { columnsOf, type Out } from './out.ts'
import { stripControlCharacters } from './strip-control-characters.ts'
import { linesOf } from './text-width.ts'

/** Writes lines for people, without control characters; on a terminal broken between words where they are too long. */
export function printLines(out: Out, ...lines: string[]): void {
  for (const line of lines) out.write(`${linesOf(stripControlCharacters(line), columnsOf(out)).join('\n')}\n`)
}

/** Writes text for programs unchanged, no faster than it is read. */
export async function writeRaw(out: Out, text: string | Uint8Array, signal: AbortSignal): Promise<void> {
  if (!out.write(text)) await once(out, 'drain', { signal })
}
