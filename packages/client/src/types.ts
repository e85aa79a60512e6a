import type { components, operations } from './openapi.ts'

type Schemas = components['schemas']
type Page<Name extends keyof operations> = operations[Name] extends {
  responses: { 200: { content: { 'application/json': infer Body } } }
}
  ? Body
  : never

/** The bytes of a picture. Memory that is shared between threads is refused by `fetch`. */
export type Bytes = Blob | Uint8Array

/** A row of a batch: what may be asked for, and the catalog's own columns and a fingerprint, which come back with its results. */
export type RowRequest = Schemas['RowRequest']
/** What may be asked for; fields with a default may be left out. */
export type EditRequest = Omit<RowRequest, 'columns' | 'fingerprint'>
/** The same for an edit that comes alone: with its priority. */
export type SingleEditRequest = Schemas['SingleEditRequest']
/** Up to 100,000 edits, accepted all together or not at all. */
export type BatchRequest = Schemas['BatchRequest']
/** A batch whose rows are sent in chunks. */
export type OpenBatchRequest = Schemas['OpenBatchRequest']
export type CloseRequest = Schemas['CloseRequest']
/** What became of a chunk of rows. */
export type Rows = Schemas['Rows']
/** A line that was left out, and why. */
export type Reject = Schemas['Reject']
export type OnFault = 'refuse' | 'skip'
/** An edit as its producer sees it. Money is in micro-currency: 1 CNY is 1,000,000. */
export type Edit = Schemas['Edit']
export type EditState = Edit['state']
/** What happened to an edit. */
export type EditHistory = Schemas['EditHistory']
/** Where an edit is in line, and when it is done. */
export type EditForecast = Schemas['EditForecast']
/** How large a source picture is. */
export type SourceFacts = Schemas['SourceFacts']
/** A batch: its counts by state, and its money in micro-currency. */
export type Batch = Schemas['Batch']
/** The newest row of a key of a catalog. */
export type CatalogRow = Schemas['CatalogRow']
export type Catalog = Page<'readCatalog'>
/** How an edit or a batch ended, as CloudEvents 1.0. */
export type RestyleEvent = Schemas['Event']
/** An edit that waits for a person, and what that person needs to know. */
export type Review = Schemas['Review']
/** What a person thinks of the images of an edit. */
export type Verdict = Schemas['Verdict']
export type VerdictName = NonNullable<Verdict['verdict']>
export type VerdictRequest = Schemas['VerdictRequest']
/** Many rows that are judged at once. */
export type VerdictsRequest = Schemas['VerdictsRequest']
export type Operation = Schemas['Operation']
/** What a search found, and whether there is more that was not looked at. */
export type Found = Schemas['Found']
/** Which rows of a batch have a key or a prompt. */
export type FoundRows = Schemas['FoundRows']
/** What failed, by code. */
export type Failures = Schemas['Failures']
export type FailureSum = Schemas['FailureSum']
/** What was billed and what is reserved, in micro-currency. */
export type Usage = Schemas['Usage']
/** What a batch may cost. */
export type Budget = Schemas['Budget']
/** A producer: how much it gets beside others, and what it may cost. */
export type SetProducer = Schemas['SetProducer']
export type ProducerSettings = Schemas['ProducerSettings']
/** An API key without its secret. */
export type Key = Schemas['Key']
/** A key as it is shown once. */
export type MadeKey = Schemas['MadeKey']
/** What a key is made from. */
export type NewKey = Schemas['NewKey']
/** Rows that may be enqueued, and what is known of them before. Money is in micro-currency. */
export type ForecastRequest = Schemas['ForecastRequest']
export type ForecastAnswer = Schemas['ForecastAnswer']
/** When rows begin and end, or why nobody knows. */
export type Forecast = ForecastAnswer['forecast']
export type Resolution = Schemas['Resolution']
/** An uploaded picture; `image` is its address in the `images` of an edit. */
export type Source = Schemas['Source']
/** What a cancel came to. */
export type CanceledEdit = Schemas['CanceledEdit']
export type CanceledBatch = Schemas['CanceledBatch']
/** Which failed rows are retried, and what is different then. */
export type RetryRequest = Schemas['RetryRequest']
export type RedoRequest = Schemas['RedoRequest']
export type RetriedBatch = Schemas['RetriedBatch']
/** When a catalog is run, and how. */
export type ScheduleRequest = Schemas['ScheduleRequest']
/** A schedule, its next ticks and what goes on. */
export type Schedule = Schemas['Schedule']
/** What became of one of its ticks. */
export type ScheduleRun = Schemas['ScheduleRun']
/** An address that events are sent to. */
export type WebhookRequest = Schemas['WebhookRequest']
export type WebhookChange = Schemas['WebhookChange']
/** A webhook, and how it does. */
export type Webhook = Schemas['Webhook']
export type WebhookWithSecret = Page<'addWebhook'>
export type WebhookTest = Schemas['WebhookTest']
/** An attempt to deliver an event, and what it was answered. */
export type Delivery = Schemas['Delivery']
/** What is sent once more. */
export type WebhookReplay = Schemas['ReplayRequest']
export type WebhookReplayed = Schemas['Replay']
/** A producer, and whether it is paused. */
export type Producer = Schemas['Producer']
/** A lane: an account in a region for a model. */
export type Lane = Schemas['Lane']
/** A model: its limits (ranges are inclusive) and the price of one image. */
export type Model = Schemas['Model']
/** A refusal as it goes over the wire (RFC 9457). */
export type Problem = Schemas['Problem']

/** An edit with its sources and the catalog's own columns and, where they are asked for, addresses of its images. */
export type Result = Schemas['Result']
/** Results and report of a batch that has ended, as files. */
export type Files = Schemas['Files']
export type ResultsPage = Page<'listResults'>
/** A row whose record the producer cannot read; `row` counts from 0. */
export type UnreadableRow = NonNullable<ResultsPage['unreadable']>[number]

/**
 * A byte of every row of a batch: `state` as the API lists them, `verdict` (`.` none, `a` approved, `r` rejected, `d` redo),
 * `code`, 0 or a place, counted from 1, in `codes` of the batch, and `redo`, 0 or the state of the redo that has changed last.
 */
export type BatchMap = {
  version: number
  rows: number
  state: Uint8Array
  verdict: Uint8Array
  code: Uint8Array
  redo: Uint8Array
}
export type EditsPage = Page<'listEditsOfBatch'>
/** An edit that the producer cannot read: a newer version wrote it, or it is damaged. */
export type Unreadable = NonNullable<EditsPage['unreadable']>[number]
export type ReviewsPage = Page<'listReviews'>
/** Events that are no longer kept: those after a cursor, up to another one. */
export type Gap = Schemas['Gap']
export type EventsPage = {
  events: RestyleEvent[]
  /** Where the next page begins. */
  cursor: string
  /** Events before this page that are gone for good. */
  gap?: Gap
}

/** Consumers that share the events: how far they are. */
export type EventGroup = Schemas['EventGroup']
export type EventGroupRequest = Schemas['EventGroupRequest']
/** An event that was handed out; its receipt names this time. */
export type TakenEvent = Schemas['TakenEvent']
/** An event that was handed out too often. */
export type DeadEvent = Schemas['DeadEvent']
