import { messages, promptImages } from './bodies.ts'
import type { Model } from './model.ts'
import { cny } from './money.ts'

/** The models this system can drive. */
export type ModelId = 'wan2.5-i2i-preview' | 'wan2.7-image' | 'wan2.6-image'

const MiB = 1024 * 1024
const formats = ['jpeg', 'png', 'bmp', 'webp']
const seed = [0, 2_147_483_647] as const

/** A table without I/O: limits, quotas and prices (docs/dashscope.md §1.3, §4, §6; docs/models.md §1 to §3). */
export const models: Readonly<Record<ModelId, Model>> = {
  'wan2.5-i2i-preview': {
    id: 'wan2.5-i2i-preview',
    mode: 'task',
    path: '/services/aigc/image2image/image-synthesis',
    body: promptImages,
    always: {},
    results: 'results',
    echoesPrompt: true,
    accepts: {
      parameters: ['negativePrompt', 'size', 'seed', 'promptExtend', 'watermark'],
      images: [1, 3],
      picture: { formats, side: [384, 5000], bytes: 10 * MiB, ratio: 4 },
      prompt: [1, 2000],
      negativePrompt: [0, 500],
      n: [1, 4],
      seed,
      size: { classes: [], area: [768 * 768, 1280 * 1280], ratio: 4, default: null },
    },
    quota: { submit: { count: 5, perSeconds: 1 }, running: 5 },
    price: { beijing: { output: cny(0.2) }, singapore: { output: cny(0.220177) } },
  },

  'wan2.7-image': {
    id: 'wan2.7-image',
    mode: 'task',
    path: '/services/aigc/image-generation/generation',
    body: messages,
    // a set of images has the model decide how many to make, and to bill
    always: { enable_sequential: false },
    results: 'choices',
    echoesPrompt: false,
    accepts: {
      parameters: ['size', 'seed', 'watermark'],
      // the model takes none as well, but then it paints instead of editing
      images: [1, 9],
      picture: { formats, side: [240, 8000], bytes: 20 * MiB, ratio: 8 },
      prompt: [1, 5000],
      negativePrompt: [0, 0],
      n: [1, 4],
      seed,
      size: { classes: ['1K', '2K'], area: [768 * 768, 2048 * 2048], ratio: 8, default: '2K' },
    },
    quota: { submit: { count: 5, perSeconds: 1 }, running: 5 },
    price: { beijing: { output: cny(0.2) }, singapore: { output: cny(0.220177) } },
  },

  'wan2.6-image': {
    id: 'wan2.6-image',
    mode: 'task',
    path: '/services/aigc/image-generation/generation',
    body: messages,
    // interleaving writes an illustrated article, billed by its pictures
    always: { enable_interleave: false },
    results: 'choices',
    echoesPrompt: false,
    accepts: {
      parameters: ['negativePrompt', 'size', 'seed', 'promptExtend', 'watermark'],
      images: [1, 4],
      picture: { formats, side: [240, 8000], bytes: 10 * MiB },
      prompt: [1, 2000],
      negativePrompt: [0, 500],
      n: [1, 4],
      seed,
      size: { classes: ['1K', '2K'], area: [768 * 768, 2048 * 2048], ratio: 4, default: '1K' },
    },
    quota: { submit: { count: 5, perSeconds: 1 }, running: 5 },
    price: {
      beijing: { output: cny(0.2) },
      singapore: { output: cny(0.220177) },
      virginia: { output: cny(0.2) },
      frankfurt: { output: cny(0.2) },
    },
  },
}

/** What an edit runs on unless it names another. */
export const defaultModel: Model = models['wan2.5-i2i-preview']

/** The row of that name; undefined for a name from outside that is no model of ours. */
export const findModel = (id: string): Model | undefined =>
  Object.values(models).find((model) => model.id === id)
