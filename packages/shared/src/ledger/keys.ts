/** All keys share one hash tag, so that a Redis Cluster keeps them, and BullMQ's, in one slot. */
export const defaultPrefix = '{restyle}'

/** The names of everything the ledger keeps. The scripts build the same names from the same prefix. */
export function ledgerKeys(prefix: string) {
  return {
    edit: (id: string) => `${prefix}:edit:${id}`,
    batch: (id: string) => `${prefix}:batch:${id}`,
    /** One byte per row: `mapByte` of the row's state. */
    map: (batch: string) => `${prefix}:batch:${batch}:map`,
    /** The producer's stream of events. */
    events: (producer: string) => `${prefix}:events:${producer}`,
    producers: `${prefix}:producers`,
    apiKey: (keyId: string) => `${prefix}:apikey:${keyId}`,
    /** Open edits by the time (epoch ms) at which the sweep looks whether their wake-up is missing. */
    due: `${prefix}:due`,
    /** Which edit a task belongs to. */
    task: (lane: string, taskId: string) => `${prefix}:task:${lane}:${taskId}`,
    lanes: `${prefix}:lanes`,
    /** Edits that hold a running slot, by the time they were admitted. */
    running: (lane: string) => `${prefix}:lane:${lane}:running`,
    /** Edits whose POST is under way. */
    posting: (lane: string) => `${prefix}:lane:${lane}:posting`,
    /** How often the vendor throttled the lane lately. */
    throttles: (lane: string) => `${prefix}:lane:${lane}:throttles`,
    /** Fingerprint of a submit without a known outcome → the edit it belongs to. */
    uncertain: (lane: string) => `${prefix}:lane:${lane}:uncertain`,
    /** Present while a lane, or the bucket ('bucket'), is paused; it says why. */
    pause: (name: string) => `${prefix}:pause:${name}`,
    /** Rendered edits whose images are not all stored yet, by the time (epoch ms) the first URL dies. */
    rendered: `${prefix}:rendered`,
    /** The producer's edits in `review`, by the time (epoch ms) they were held. */
    held: (producer: string) => `${prefix}:held:${producer}`,
    /** Theoretical arrival time of a GCRA, in microseconds. */
    tokens: (name: string) => `${prefix}:tokens:${name}`,
    /** Channel: what an edit has just freed on the lane: `slot`, `posting` (a POST's place), `uncertain` (a doubt) or `copies`. */
    freed: (lane: string) => `${prefix}:lane:${lane}:freed`,
    spend: (producer: string) => `${prefix}:spend:${producer}`,
  }
}
export type LedgerKeys = ReturnType<typeof ledgerKeys>
