import type { Money } from '@restyle/dashscope/money'

/** What a finished batch looked like. */
export interface ReportData {
  title: string
  startedAt: Date | number
  endedAt: Date | number
  batchId: string
  edits: ReportEdit[]
}

/** One edit; `ms` is from its submit to its last image stored, and money is in micros of `currency`. */
export interface ReportEdit {
  id: string
  key: string
  prompt: string
  state: string
  before: { bytes: Buffer }
  images: { bytes: Buffer; bucketKey: string; sha256: string }[]
  costMicros: number
  currency: Money['currency']
  ms: number
  /** `todo` where the vendor's table of errors does not say what to do about this code. */
  error?: { code: string; message: string; todo?: string }
}

/** A picture small enough to travel inside the page; undefined where the bytes are no picture. */
export type Thumbnail = { src: string; width: number; height: number } | undefined
