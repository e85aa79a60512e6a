import type { Out } from './out.ts'
import { stripControlCharacters } from './strip-control-characters.ts'

const APART_MS = 2000

/** A line that shows progress. */
export type LiveLine = {
  /** Calls `render` only if the text is shown; it gets the width of a terminal, or `undefined` for a pipe. */
  show(render: (width: number | undefined) => string): void
  /** Always shows the last text, and ends the line. */
  end(render?: (width: number | undefined) => string): void
}

/** On a terminal one line that is rewritten; in a pipe a line per change, at most one every two seconds. */
export function liveLine(out: Out, now: () => number): LiveLine {
  return out.isTTY === true ? rewritten(out) : repeated(out, now)
}

function rewritten(out: Out): LiveLine {
  let open = false
  const show: LiveLine['show'] = (render) => {
    // the last column stays free: some terminals wrap as soon as it is written
    out.write(`\r\u001b[2K${stripControlCharacters(render((out.columns ?? 80) - 1))}`)
    open = true
  }
  return {
    show,
    end(render) {
      if (render !== undefined) show(render)
      if (open) out.write('\n')
      open = false
    },
  }
}

function repeated(out: Out, now: () => number): LiveLine {
  let last = { text: '', at: now() }
  const write = (text: string) => {
    if (text === last.text) return
    out.write(`${stripControlCharacters(text)}\n`)
    last = { text, at: now() }
  }
  return {
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
