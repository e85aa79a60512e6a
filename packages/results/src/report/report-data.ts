import type { Money } from '@restyle/dashscope/money'

/** What a batch came to as a whole. */
export type ReportHead = {
  title: string
  batchId: string
  startedAt: Date | number
  endedAt: Date | number
  /** Edits of the whole batch by how they ended; `open`: they have not. */
  counts: { succeeded: number; failed: number; canceled: number; open: number }
  /** Images that are in the bucket. */
  images: number
  /** What it cost in each currency, at least one: they are not added up. */
  costs: readonly Money[]
  /** Where this page is among others; names are those of files beside it. */
  page?: {
    number: number
    pages: number
    firstRow: number
    lastRow: number
    nameOf: (page: number) => string
    /** What every page has, for the first one, which leads to all of them. */
    index?: readonly PageSummary[]
  }
}

/** The rows of a page, counted from 1, and how many of them failed. */
export type PageSummary = { firstRow: number; lastRow: number; failed: number }

/** A picture small enough to travel inside the page; undefined where the bytes are no picture. */
export type Thumbnail = { src: string; width: number; height: number } | undefined

/** One edit as the page shows it; `ms` is from when it was enqueued to its last image stored, and money is in micros of `currency`. */
export type ShownEdit = {
  id: string
  key: string
  prompt: string
  state: string
  before: Thumbnail
  /** What is said in place of a picture that is not shown. */
  beforeIs?: string
  images: readonly ShownImage[]
  costMicros: number
  currency: Money['currency']
  ms?: number
  /** `todo` where the vendor's table of errors does not say what to do about this code. */
  error?: { code: string; message: string; todo?: string }
}

export type ShownImage = { after: Thumbnail; bucketKey: string; sha256: string }
