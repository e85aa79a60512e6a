/**
 * What the simulated service knows of each model. Written from the vendor's pages and not from our own table of models,
 * so that a slip in one is noticed by the other. docs/dashscope.md §1.3, §1.6
 */
export type SimulatedModel = {
  id: string
  /** Last two segments of the submit path. */
  path: 'image2image/image-synthesis' | 'image-generation/generation'
  body: 'images' | 'function' | 'messages'
  answer: 'results' | 'one-choice-per-image' | 'one-choice'
  images: [min: number, max: number]
  /** Limits of an input picture: px of each side, widest ratio, bytes. */
  side: [min: number, max: number]
  inputRatio: number
  inputBytes: number
  /** Characters; the rest is cut silently. */
  promptMax: number
  n: { default: number; max: number }
  /** `null`: the output has the size of the input. Areas in px. */
  size: {
    classes: Record<string, number>
    area: [min: number, max: number]
    ratio: number
    defaultArea: number
  } | null
  quota: ModelQuota
  /** Price of one image in millionths of a yuan (Beijing). */
  micros: number
}

/** Limits of one model: submits per second and tasks running at once. */
export type ModelQuota = { submitPerSecond: number; running: number }

const megabyte = 1024 * 1024
const square = (side: number): number => side * side
const wan = { quota: { submitPerSecond: 5, running: 5 }, micros: 200_000 }

const wan27: Omit<SimulatedModel, 'id'> = {
  ...wan,
  path: 'image-generation/generation',
  body: 'messages',
  answer: 'one-choice',
  images: [0, 9],
  side: [240, 8000],
  inputRatio: 8,
  inputBytes: 20 * megabyte,
  promptMax: 5000,
  n: { default: 4, max: 4 },
  size: {
    classes: { '1K': square(1024), '2K': square(2048) },
    area: [square(768), square(2048)],
    ratio: 8,
    defaultArea: square(2048),
  },
}

const rows: SimulatedModel[] = [
  {
    ...wan,
    id: 'wan2.5-i2i-preview',
    path: 'image2image/image-synthesis',
    body: 'images',
    answer: 'results',
    images: [1, 3],
    side: [384, 5000],
    inputRatio: 4,
    inputBytes: 10 * megabyte,
    promptMax: 2000,
    n: { default: 4, max: 4 },
    size: { classes: {}, area: [square(768), square(1280)], ratio: 4, defaultArea: square(1280) },
  },
  {
    ...wan,
    id: 'wan2.6-image',
    path: 'image-generation/generation',
    body: 'messages',
    answer: 'one-choice-per-image',
    images: [1, 4],
    side: [240, 8000],
    inputRatio: Infinity,
    inputBytes: 10 * megabyte,
    promptMax: 2000,
    n: { default: 4, max: 4 },
    size: {
      classes: { '1K': square(1280), '2K': square(2048) },
      area: [square(768), square(2048)],
      ratio: 4,
      defaultArea: square(1280),
    },
  },
  { ...wan27, id: 'wan2.7-image' },
  { ...wan27, id: 'wan2.7-image-pro', micros: 500_000 },
  {
    id: 'wanx2.1-imageedit',
    path: 'image2image/image-synthesis',
    body: 'function',
    answer: 'results',
    images: [1, 1],
    side: [512, 4096],
    inputRatio: Infinity,
    inputBytes: 10 * megabyte,
    promptMax: 800,
    n: { default: 1, max: 4 },
    size: null,
    quota: { submitPerSecond: 2, running: 2 },
    micros: 140_000,
  },
]

/** The models of the simulated service, by name. */
export const simulatedModels: ReadonlyMap<string, SimulatedModel> = new Map(rows.map((row) => [row.id, row]))
