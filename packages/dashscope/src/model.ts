import type { Money } from './money.ts'

/** Where an account lives: keys, prices and hosts are bound to it (docs/dashscope.md §1.1). */
export type Region = 'beijing' | 'singapore' | 'virginia' | 'frankfurt'

/** The optional wishes of an edit; a model that does not list one refuses it. */
export type Parameter = 'negativePrompt' | 'size' | 'seed' | 'promptExtend' | 'watermark'

/** Inclusive. */
export type Range = readonly [min: number, max: number]

/** What a body is built from; `images` are addresses: http(s), `oss://` or `data:`. The order numbers them. */
export type BodyInput = {
  prompt: string
  negativePrompt?: string | undefined
  images: readonly string[]
  n: number
  size?: string | undefined
  seed?: number | undefined
  promptExtend?: boolean | undefined
  watermark?: boolean | undefined
}

/** Limits of one source picture. `ratio` 4 means 1:4 to 4:1; absent where the vendor states none. */
export type PictureLimits = {
  formats: readonly string[]
  side: Range
  bytes: number
  ratio?: number
}

/** One model: everything in which it differs from the others. Submit, query, list, cancel and upload are one code path. */
export type Model = {
  id: string
  /** Asynchronous: the POST answers with a task id. */
  mode: 'task'
  /** Below the base address, with a leading slash. */
  path: string
  /** Call it as `model.body(model, input)`; the answer is what to POST. */
  body: (model: Model, input: BodyInput) => object
  /** Parameters this system never varies but always sends, in the vendor's spelling. */
  always: Readonly<Record<string, unknown>>
  /** Where a finished task keeps its addresses. */
  results: 'results' | 'choices'
  /** Whether a finished task's results carry `orig_prompt`: with it, a lost task can be told from its neighbours. */
  echoesPrompt: boolean
  accepts: {
    parameters: readonly Parameter[]
    images: Range
    picture: PictureLimits
    /** In characters (code points). The vendor cuts the rest silently; we refuse instead. */
    prompt: Range
    negativePrompt: Range
    n: Range
    seed: Range
    size: {
      /** Besides `W*H`. */
      classes: readonly string[]
      /** W times H, in pixels. */
      area: Range
      /** 4 means 1:4 to 4:1. */
      ratio: number
      /** Sent where an edit names none; null where the vendor's default is one and the same everywhere. */
      default: string | null
    }
  }
  /** Per account (docs/dashscope.md §4). */
  quota: { submit: { count: number; perSeconds: number }; running: number }
  /** Per image returned; a region that is missing does not offer the model. */
  price: Readonly<Partial<Record<Region, { output: Money }>>>
  /** ISO date after which calls fail, once the vendor has announced one. */
  retiresAt?: string
}
