import type { Delivered, EventStream, Unreadable } from './event-stream.ts'

/** An event by its cursor. `gone`: it is not kept any more, or never was. */
export type OneEvent =
  | { kind: 'event'; event: Delivered['event'] }
  | { kind: 'unreadable'; why: string }
  | { kind: 'gone' }

/** The event that is at `cursor`. */
export async function eventAt(stream: Pick<EventStream, 'read'>, cursor: string): Promise<OneEvent> {
  const { delivered, unreadable } = await stream.read(cursorBefore(cursor), 1)
  const isHere = (each: Delivered | Unreadable): boolean => each.cursor === cursor
  const found = delivered.find(isHere)
  if (found !== undefined) return { kind: 'event', event: found.event }
  const spoilt = unreadable.find(isHere)
  return spoilt === undefined ? { kind: 'gone' } : { kind: 'unreadable', why: spoilt.reason }
}

/** The place before it: of what comes after that, the first may be at `cursor`. */
export function cursorBefore(cursor: string): string {
  const [ms = '0', number = '0'] = cursor.split('-')
  if (BigInt(number) > 0n) return `${ms}-${BigInt(number) - 1n}`
  // the highest number that Redis gives in a millisecond
  return BigInt(ms) > 0n ? `${BigInt(ms) - 1n}-18446744073709551615` : '0-0'
}
