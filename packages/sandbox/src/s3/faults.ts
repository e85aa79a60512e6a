import type { S3Operation } from './operations.ts'
import type { S3ErrorCode } from './s3-error.ts'

/** What goes wrong. */
export type FaultDeed =
  /** Answers with an error of S3 and does nothing else. */
  | { do: 'refuse'; code: S3ErrorCode }
  /** Resets the connection once this many bytes of the body came; nothing is stored. */
  | { do: 'cut'; afterBytes: number }
  /** Does the work, then resets the connection instead of answering. */
  | { do: 'lose-reply' }
  /** Takes a conditional write for a plain one, as some servers do. */
  | { do: 'ignore-conditions' }
  /** Never answers. */
  | { do: 'hang' }
  /** Reads and writes bodies at this rate. */
  | { do: 'slow'; bytesPerSecond: number }

/** Which requests it happens to: the next `times` that fit. */
export interface FaultPlan {
  operation?: S3Operation
  key?: RegExp
  times: number
}

/** A planned fault; `fired` counts how often it happened. */
export type Fault = FaultPlan & FaultDeed & { fired: number }

/** The faults of one server. */
export interface Faults {
  /** Plans a fault. The one planned first happens first. */
  add: (plan: FaultPlan & FaultDeed) => Fault
  /** Forgets all plans and comes up again. */
  clear: () => void
  /** The whole server is gone: every request gets a 503, or its connection is reset. */
  down: (isDown: boolean, how?: 'unavailable' | 'reset') => void
  /** What happens to this request; counts it. */
  take: (operation: S3Operation, key: string) => FaultDeed | undefined
}

/** No fault to begin with. */
export function planFaults(): Faults {
  let planned: Fault[] = []
  let outage: FaultDeed | undefined
  return {
    add(plan) {
      const fault: Fault = { ...plan, fired: 0 }
      planned.push(fault)
      return fault
    },
    clear() {
      planned = []
      outage = undefined
    },
    down(isDown, how = 'unavailable') {
      const deed: FaultDeed =
        how === 'reset' ? { do: 'cut', afterBytes: 0 } : { do: 'refuse', code: 'ServiceUnavailable' }
      outage = isDown ? deed : undefined
    },
    take(operation, key) {
      if (outage !== undefined) return outage
      const fault = planned.find(
        (one) =>
          one.fired < one.times && (one.operation ?? operation) === operation && (one.key?.test(key) ?? true),
      )
      if (fault !== undefined) fault.fired += 1
      return fault
    },
  }
}
