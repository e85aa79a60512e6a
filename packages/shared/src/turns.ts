import { setImmediate as others } from 'node:timers/promises'

/** Longer than this at a stretch, in ms, and the other requests of a process would notice. */
const stretchMs = 10

/**
 * For long work in small steps: called after each step, it lets everything else of the process run once the steps since
 * the last time took 10 ms together.
 */
export function openTurns(): () => Promise<void> {
  let began = performance.now()
  return async () => {
    if (performance.now() - began < stretchMs) return
    await others()
    began = performance.now()
  }
}
