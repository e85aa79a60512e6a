/** All keys share one hash tag, so that a Redis Cluster keeps them, and BullMQ's, in one slot. */
export const defaultPrefix = '{restyle}'

/**
 * The name of everything the ledger keeps, after its prefix. The functions below and those of the scripts (lua.ts) are
 * both made from this table, and a test compares it with docs/architecture.md.
 */
export const keyTemplates = {
  edit: ':edit:<edit>',
  batch: ':batch:<batch>',
  /** One byte per row: `mapByte` of the row's state, or `restingByte`. */
  batchMap: ':batch:<batch>:map',
  /** One byte per row whose newest edit failed: the place of its code in the batch's `codes`, from 1 on; else `\0`. */
  batchCodes: ':batch:<batch>:codes',
  /** One byte per row that has a redo: `mapByte` of the redo that has changed last; else `\0`. */
  batchRedos: ':batch:<batch>:redos',
  /** One byte per row that somebody has judged (`verdictByte`). */
  batchVerdicts: ':batch:<batch>:verdicts',
  /** Two bytes per row: the number of the operation that judged it; 0: it was judged alone. */
  verdictMarks: ':batch:<batch>:verdicts:marks',
  /** Who judged a row alone, when and why, by row and take; and `op:<number>`, who ordered that operation. */
  verdictDetails: ':batch:<batch>:verdicts:details',
  /** Batches, and edits that came alone, whose verdicts the bucket does not have yet, by when (epoch µs) they last changed. */
  verdictsChanged: ':verdicts-changed',
  /** An order to judge many rows of a batch. */
  operation: ':operation:<operation>',
  /** The rows that it means, a byte for each: the verdict that it had then, or `\0`. Until it has ended. */
  operationRows: ':operation:<operation>:rows',
  /** What the rows had before it, in the order in which it judged them. */
  operationBefore: ':operation:<operation>:before',
  /** A producer's operations by when (epoch ms) they were ordered. */
  operations: ':operations:<producer>',
  /** `producer id` of those that go on. */
  openOperations: ':open-operations',
  /** The batch's edits in Redis that have not ended. */
  openEdits: ':batch:<batch>:open',
  /** Batches whose edits in Redis do not follow yet what was ordered for the batch, and the mark of the order. */
  unsettled: ':unsettled',
  /** Batches that may get more rows. */
  unclosed: ':unclosed',
  /** Seconds that batches of a producer have for themselves: when they were opened, or soon after. */
  opened: ':opened:<producer>',
  /** A producer's batches with rows of a lot that rest or wait, in the order in which they go. */
  resting: ':resting:<model>:<class>:<producer>',
  /** `model class producer` with too few queued edits while rows rest, by when (epoch ms) a feeder may take it. */
  hungry: ':hungry',
  /** Batches that should be done by a time (epoch ms) and have not ended. */
  finishBy: ':finish-by',
  /** Channel: somebody has become hungry. */
  hunger: ':hunger',
  /** `batch first-row` of a thousand rows of which some have ended, by when (epoch ms) the last of them did. */
  fold: ':fold',
  /** Batches that have ended, each with the number of its end, by when (epoch ms) it did; until their files are written. */
  unfiled: ':unfiled',
  /** The producer's stream of events. */
  events: ':events:<producer>',
  /** The last of its events that was forgotten. */
  trimmed: ':events:<producer>:trimmed',
  /** The names of a producer's groups of consumers. */
  eventGroups: ':event-groups:<producer>',
  /** A group: how it hands events out, and the last one that it has taken from the stream. */
  eventGroup: ':event-group:<producer>:<name>',
  /** Events that it has handed out, by when (epoch ms) it may hand them out again. */
  eventGroupTaken: ':event-group:<producer>:<name>:taken',
  /** How often it has handed each of them out. */
  eventGroupTries: ':event-group:<producer>:<name>:tries',
  /** Events that it hands out no more, each whole. */
  eventGroupDead: ':event-group:<producer>:<name>:dead',
  /** Events that were dead and are handed out again, each whole: the stream may have forgotten them. */
  eventGroupKept: ':event-group:<producer>:<name>:kept',
  producers: ':producers',
  /** The producer's batches by when (epoch ms) they were opened. */
  batches: ':batches:<producer>',
  /** The producer's edits that came alone, by when (epoch ms) they were enqueued. */
  singles: ':singles:<producer>',
  /** What is said of a producer as a whole: its weight, and why it is stopped. */
  producer: ':producer:<producer>',
  /** `batch <id> <reason>` or `producer <name> <reason>` of stops that end by themselves, by when (epoch ms). */
  stopEnds: ':stop-ends',
  apiKey: ':apikey:<key id>',
  /** The ids of all API keys by when (epoch ms) they were made. */
  apiKeys: ':apikeys',
  /** The ids of API keys by when (epoch ms) they were last used, to about a minute. */
  keyUses: ':apikeys:used',
  /** Sessions of browsers that the key has opened, by when (epoch ms) they end. */
  keySessions: ':sessions:<key id>',
  /** The same by when (epoch ms) they were opened. */
  keySessionsOpened: ':sessions:<key id>:opened',
  /** How many requests the producer's share of this minute has been given away. */
  rate: ':rate:<producer>',
  /** Open edits by the time (epoch ms) at which the sweep looks whether their wake-up is missing. */
  due: ':due',
  /** Which edit a task belongs to. */
  task: ':task:<lane>:<task>',
  lanes: ':lanes',
  /** Edits that hold a running slot, by the time they took it. */
  running: ':lane:<lane>:running',
  /** Edits whose POST is under way. */
  posting: ':lane:<lane>:posting',
  /** Fingerprint of a submit without a known outcome → the edit it belongs to. */
  uncertain: ':lane:<lane>:uncertain',
  /** How often the vendor throttled the lane lately. */
  throttles: ':lane:<lane>:throttles',
  /** How long the last edits held their slots, newest first. */
  slotTimes: ':lane:<lane>:took',
  /** Channel: what an edit has just freed on the lane, in words; see freed.ts. */
  freed: ':lane:<lane>:freed',
  /** Present while a lane, or the bucket ('bucket'), is paused; it says why. */
  pause: ':pause:<lane>',
  /** Present while a worker asks for edits of the lane, or would if it could rely on the bucket: `asks` or `bucket`. */
  served: ':lane:<lane>:served',
  /** What each of its workers has measured of the lane: worker → when (epoch ms) it said so, and the figures. */
  laneFigures: ':lane:<lane>:figures',
  /** What a worker last met with an edit of the batch that it could not submit. */
  met: ':batch:<batch>:met',
  /** Present while a person has paused the lane; it says since when (epoch ms) and who. */
  stop: ':stop:<lane>',
  /** Models that had a backlog. */
  models: ':models',
  /** Producers with an edit of this class that may go, by their tags. */
  backlog: ':backlog:<model>:<class>',
  /** A producer's groups of edits that are alike, by their first edits. */
  groups: ':backlog:<model>:<class>:<producer>',
  /** The edits of a group, by their order. */
  group: ':backlog:<model>:<class>:<producer>:<alike>',
  /** Channel: the backlog of a model has something new. */
  grown: ':grown:<model>',
  /** Queued edits that wait for a time (epoch ms). */
  later: ':later:<model>',
  /** Queued edits whose sources a worker prepares, until when (epoch ms) it said so. */
  preparing: ':lane:<lane>:preparing',
  /** What each producer has had of a model: the cost of its images by its weight, in whole numbers. */
  tags: ':tags:<model>',
  /** The model's virtual time, and what bulk is owed. */
  fair: ':fair:<model>',
  /** Rendered edits whose images are not all stored yet, by the time (epoch ms) the first URL dies. */
  rendered: ':rendered',
  /** The producer's edits in `review`, by the time (epoch ms) they were held. */
  held: ':held:<producer>',
  /** When the next token is due, in microseconds. */
  tokens: ':tokens:<name>',
  /** What a producer has had in all: `reserved`, `billed` (micro-currency), `images`; and `open`: its edits that have not ended. */
  spend: ':spend:<producer>',
  /** Batches with a window, by when (epoch ms) it closes. */
  windows: ':windows',
  /** A schedule, and the version of it that was saved last. */
  schedule: ':schedule:<producer>:<name>',
  /** The history of a schedule: what became of its runs, by their ids. */
  scheduleRuns: ':schedule:<producer>:<name>:runs',
  /** The ids of its runs, by when (epoch ms) they were decided. */
  scheduleOrder: ':schedule:<producer>:<name>:order',
  /** The names of a producer's schedules. */
  schedulesOf: ':schedules:<producer>',
  /** `producer name` of all schedules, by when (epoch ms) they are to be looked at again. */
  schedules: ':schedules',
  /** A webhook: its settings, and how far it has come in its producer's events. */
  webhook: ':webhook:<webhook>',
  /** The cursors of events that a webhook is to be sent once more, by when (epoch ms). */
  webhookRetries: ':webhook:<webhook>:retries',
  /** What was tried of each of these. */
  webhookTries: ':webhook:<webhook>:tries',
  /** Ranges of events that are sent to it once more. */
  webhookReplays: ':webhook:<webhook>:replays',
  /** What became of its last deliveries, `delivered` or `failed`, numbered. */
  webhookLog: ':webhook:<webhook>:log:<outcome>',
  /** The ids of a producer's webhooks. */
  webhooksOf: ':webhooks:<producer>',
  /** `producer id` of all webhooks that get events, by when (epoch ms) somebody looks after them. */
  webhooks: ':webhooks',
  /** The same of one of its days, with a line for each lane and batch. */
  usage: ':usage:<producer>:<day>',
  /** `producer day` of which the bucket has no record yet, by when (epoch µs) it last changed. */
  usageChanged: ':usage-changed',
  /** Present for as long as a worker has taken the turn to do this. */
  turn: ':turn:<name>',
  /** When (epoch ms) the last audit began that missed nothing. */
  audited: ':audited',
  /** When the vendor last took a submit of a lane: lane → epoch ms. */
  accepted: ':accepted',
  /** Which installation this is: its bucket holds the same id. */
  installation: ':installation',
  /** Written to learn whether Redis takes writes. */
  ready: ':ready',
} as const
export type KeyName = keyof typeof keyTemplates

type Parts<Template extends string> = Template extends `${string}<${string}>${infer Rest}`
  ? [part: string, ...Parts<Rest>]
  : []
type KeyOf<Template extends string> =
  Parts<Template> extends [] ? string : (...parts: Parts<Template>) => string

/** A key, or for a template with `<parts>` a function that makes it. */
export type LedgerKeys = { [Name in KeyName]: KeyOf<(typeof keyTemplates)[Name]> }

export function ledgerKeys(prefix: string): LedgerKeys {
  const keys = Object.entries(keyTemplates).map(([name, template]) => {
    const [first = '', ...rest] = literalsOf(template)
    const make = (...parts: string[]) => rest.reduce((key, text, i) => key + parts[i] + text, prefix + first)
    return [name, rest.length === 0 ? make() : make]
  })
  return Object.fromEntries(keys) as LedgerKeys
}

/** The text before, between and after a template's parts. */
export const literalsOf = (template: string): string[] => template.split(/<[^>]*>/)
