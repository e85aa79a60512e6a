import type { Out } from './out.ts'

/** Colours for a text, or none: what is painted has to be readable without. */
export type Paint = Readonly<Record<'red' | 'yellow' | 'green' | 'dim', (text: string) => string>>

const codes = { red: 31, yellow: 33, green: 32, dim: 2 } as const

/**
 * Colours on a terminal only, and none where NO_COLOR says so (no-color.org) or the terminal has none. FORCE_COLOR has them in a pipe
 * too, except for `0`.
 */
export function paintFor(out: Out, env: Record<string, string | undefined>): Paint {
  const { NO_COLOR: none = '', FORCE_COLOR: forced = '', TERM: terminal } = env
  const wanted = forced === '' ? out.isTTY === true && terminal !== 'dumb' : forced !== '0'
  const on = wanted && none === ''
  const paint = (code: number) => (text: string) =>
    on && text !== '' ? `\u001b[${code}m${text}\u001b[0m` : text
  return {
    red: paint(codes.red),
    yellow: paint(codes.yellow),
    green: paint(codes.green),
    dim: paint(codes.dim),
  }
}

/** Paints a line of progress: what has failed is red, what waits for a person yellow, the bar green. What is indented says why it waits. */
export const paintProgress = (text: string, { red, yellow, green }: Paint): string => {
  if (text.startsWith('  ')) return yellow(text)
  return text
    .replace(/^█+/, green)
    .replace(/failed \d+/, red)
    .replace(/held for review \d+|stands still|stopped: .*?(?= {2}|$)/, yellow)
}
