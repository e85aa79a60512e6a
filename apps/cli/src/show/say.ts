import { once } from 'node:events'
import type { Out } from '../io.ts'
import { plain } from './plain.ts'

/** One line each, for people. */
export function say(out: Out, ...lines: string[]): void {
  for (const line of lines) out.write(`${plain(line)}\n`)
}

/** For machines: byte for byte, and no faster than it is read. */
export async function hand(out: Out, text: string, signal: AbortSignal): Promise<void> {
  if (!out.write(text)) await once(out, 'drain', { signal })
}
