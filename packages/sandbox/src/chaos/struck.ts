import type { Arena } from './arena.ts'
import type { Strike } from './plan.ts'
import type { Workers } from './workers.ts'

/**
 * A fault that is under way: how often it has struck so far, and its end. `atEnd` is for what lasts until the seed has
 * been looked at: a refusal for good.
 */
export type Struck = { fired: () => number; lift: () => unknown; atEnd?: () => unknown }

export type Striking = (strike: Strike, arena: Arena, workers: Workers) => Struck | Promise<Struck>
