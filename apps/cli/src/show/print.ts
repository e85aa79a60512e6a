import { once } from 'node:events'
import type { Out } from './out.ts'
import { stripControlCharacters } from './strip-control-characters.ts'

/** Writes lines for people, without control characters. */
export function printLines(out: Out, ...lines: string[]): void {
  for (const line of lines) out.write(`${stripControlCharacters(line)}\n`)
}

/** Writes text for programs unchanged, no faster than it is read. */
export async function writeRaw(out: Out, text: string | Uint8Array, signal: AbortSignal): Promise<void> {
  if (!out.write(text)) await once(out, 'drain', { signal })
}
