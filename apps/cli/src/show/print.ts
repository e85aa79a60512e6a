import { once } from 'node:events'
import type { Out } from './out.ts'
import { stripControlCharacters } from './strip-control-characters.ts'
import { foldLine } from './text-width.ts'

/** Writes lines for people, without control characters, and on a terminal broken between words. */
export function printLines(out: Out, ...lines: string[]): void {
  const width = out.isTTY === true ? out.columns : undefined
  for (const line of lines)
    for (const each of foldLine(stripControlCharacters(line), width)) out.write(`${each}\n`)
}

/** Writes text for programs unchanged, no faster than it is read. */
export async function writeRaw(out: Out, text: string | Uint8Array, signal: AbortSignal): Promise<void> {
  if (!out.write(text)) await once(out, 'drain', { signal })
}
