import type { Action, Stop } from './actions.ts'

/** Does something as a process that may die or sleep at one of its calls; `dead` where it died. */
export async function interrupted<T>(
  stop: Stop,
  meanwhile: (actions: Action[]) => Promise<void>,
  work: (boundary: () => Promise<void>) => Promise<T>,
): Promise<T | 'dead'> {
  const death = Promise.withResolvers<'dead'>()
  let calls = 0
  let asleep = Promise.resolve()
  const boundary = async (): Promise<void> => {
    const call = calls
    calls += 1
    if (stop.stop === 'crash' && call >= stop.call) {
      death.resolve('dead')
      await new Promise(() => {})
    }
    if (stop.stop === 'sleep' && call === stop.call) await (asleep = meanwhile(stop.meanwhile))
  }
  try {
    return await Promise.race([work(boundary), death.promise])
  } finally {
    // a step may end while one of its calls still sleeps: what happens meanwhile is not left to happen later
    await asleep
  }
}
