import type { Out } from './out.ts'
import { stripControlCharacters } from './strip-control-characters.ts'
import { foldLine } from './text-width.ts'

const APART_MS = 2000

/** A line that shows progress, on a terminal with more lines under it where the text has them. */
export type LiveLine = {
  /** Calls `render` only if the text is shown; it gets the width of a terminal, or `undefined` for a pipe. No line may be wider. */
  show(render: (width: number | undefined) => string): void
  /** A line of its own above it, for what happens meanwhile. */
  above(text: string): void
  /** Always shows the last text, and ends the line. */
  end(render?: (width: number | undefined) => string): void
}

/**
 * On a terminal one line that is rewritten; in a pipe a line per change, at most one every two seconds. `paint` colours the text
 * when nothing is measured any more.
 */
export function liveLine(out: Out, now: () => number, paint = (text: string) => text): LiveLine {
  return out.isTTY === true ? rewritten(out, paint) : repeated(out, now, paint)
}

function rewritten(out: Out, paint: (text: string) => string): LiveLine {
  /** How many lines are shown; the cursor is in the last of them. */
  let open = 0
  const erased = () => (open === 0 ? '' : `\r\u001b[2K${'\u001b[1A\u001b[2K'.repeat(open - 1)}`)
  const show: LiveLine['show'] = (render) => {
    // the last column stays free: some terminals wrap as soon as it is written
    const lines = render((out.columns ?? 80) - 1).split('\n')
    const text = lines.map((line) => paint(stripControlCharacters(line))).join('\n')
    out.write(`${erased() || '\r\u001b[2K'}${text}`)
    open = lines.length
  }
  return {
    show,
    above(text) {
      const folded = foldLine(stripControlCharacters(text), out.columns).join('\n')
      out.write(`${erased()}${paint(folded)}\n`)
      open = 0
    },
    end(render) {
      if (render !== undefined) show(render)
      if (open > 0) out.write('\n')
      open = 0
    },
  }
}

function repeated(out: Out, now: () => number, paint: (text: string) => string): LiveLine {
  let last = { text: '', at: now() }
  const write = (text: string) => {
    if (text === last.text) return
    out.write(`${paint(stripControlCharacters(text))}\n`)
    last = { text, at: now() }
  }
  return {
    above: (text) => void out.write(`${paint(stripControlCharacters(text))}\n`),
    show: (render) => {
      if (now() - last.at >= APART_MS) write(render(undefined))
    },
    end: (render) => {
      if (render !== undefined) write(render(undefined))
      // what comes next is another thing, which may be short
      last = { ...last, at: now() }
    },
  }
}
