import type { Place } from './history.ts'

/*
 * How a process of a run asks its parent how to go on: there is all the randomness, and the history outlives every kill.
 */

/** What a process says to its parent. */
export type FromProcess =
  | { say: 'ready' }
  | { say: 'at'; call: number; point: Place; editId: string }
  | { say: 'stranger'; address: string }

/** How the parent answers `at`. */
export type HowToGoOn = { call: number; do: 'go' | 'throw' } | { call: number; do: 'block'; ms: number }

/** Asks how to go on from a place. */
export type OnPlace = (place: Place, editId: string) => Promise<void>

export const send = (message: FromProcess): void => void process.send?.(message)

const waiting = new Map<number, { resolve: () => void; reject: (error: Error) => void }>()
let calls = 0

export const askParent: OnPlace = (point, editId) =>
  new Promise((resolve, reject) => {
    calls += 1
    waiting.set(calls, { resolve, reject })
    send({ say: 'at', call: calls, point, editId })
  })

function goOn(message: HowToGoOn): void {
  const asked = waiting.get(message.call)
  waiting.delete(message.call)
  // deaf and dumb, as with a long computation, but without taking a core from the others
  if (message.do === 'block') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, message.ms)
  if (message.do === 'throw') asked?.reject(new Error('it was done, but it said that it failed'))
  else asked?.resolve()
}

/** Begins when the parent has said with what, and listens to its answers. Never outlives it. */
export function onOrders<Orders extends object>(start: (orders: Orders) => Promise<void>): void {
  process.on('message', (message: Orders | HowToGoOn) => {
    if ('call' in message) goOn(message)
    else void start(message)
  })
  process.on('disconnect', () => process.exit(0))
}
