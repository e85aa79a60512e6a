/*
 * What the one line of a browser carries. A look is what a page looks at: the id of a batch, or `list` for the newest batches.
 */

export const list = 'list'

/** Batches that a line carries; the producer takes no more. */
export const mostBatches = 20

/** `on`: looks that the line carries. `over`: looks that it has no room for. */
export type Carried = { on: readonly string[]; over: readonly string[] }

/** What was looked at by nobody at the last look around, although the line carries it. */
type Idle = ReadonlySet<string>

/**
 * What the line should carry. `held`: looks of all tabs, in any order; `on`: what it carries now, which keeps its place. What nobody
 * looks at any more goes with the next change, or at the second time that this is seen: who goes from one page of a batch to
 * another looks at nothing for a moment. `isOther`: another line has to be opened.
 */
export function planOf(
  held: readonly string[],
  on: readonly string[],
  idle: Idle,
): Carried & { isOther: boolean; idle: Idle } {
  const wanted = new Set(held)
  const kept = on.filter((look) => wanted.has(look))
  const more = [...wanted].filter((look) => !on.includes(look))
  const all = [...kept, ...more]
  const room = new Set(all.filter((look) => look !== list).slice(0, mostBatches))
  const isCarried = (look: string): boolean => look === list || room.has(look)
  const left = on.filter((look) => !wanted.has(look))
  const isOther = more.some(isCarried) || left.some((look) => idle.has(look))
  return {
    on: isOther ? all.filter(isCarried) : on,
    over: all.filter((look) => !isCarried(look)),
    isOther,
    idle: new Set(isOther ? [] : left),
  }
}

/** What the holder of the line tells of it. */
export type Line = Carried & { status: 'live' | 'lost' }

/** `off`: what the page shows is on no line. `lost`: the line is down, and is being opened again. */
export type LiveStatus = 'off' | 'opening' | 'live' | 'lost'

/** How live a page with these looks is. `line`: what was told of it last. */
export function statusOf(looks: readonly string[], line: Line | undefined): LiveStatus {
  if (looks.length === 0) return 'off'
  if (line === undefined) return 'opening'
  if (line.status === 'lost') return 'lost'
  if (looks.some((look) => line.over.includes(look))) return 'off'
  return looks.every((look) => line.on.includes(look)) ? 'live' : 'opening'
}

/** Something that the producer told: `map`, `map-reset`, `batch`, `gone` or `ping`, with what it says. */
export type LiveEvent = { event: string; data: unknown }

/** Whether it is for a page with that look. */
export function concerns({ event, data }: LiveEvent, look: string): boolean {
  const { id, batch } = data as { id?: string; batch?: string }
  if (event === 'ping') return true
  if (look === list) return event === 'batch'
  return (event === 'batch' ? id : batch) === look
}

/**
 * How long (ms) until something is read again that the line does not tell now, by the age (ms) of what was read last: 15 s, and
 * longer while it fails.
 */
export const pollMs = (ageMs: number): number => Math.min(Math.max(15_000, ageMs / 2), 120_000)
