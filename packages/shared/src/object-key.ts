import type { Edit } from './contract/edit.ts'

/** Where images go in the bucket. Words in braces are replaced; see `imageKey`. */
export const defaultKeyTemplate = '{producer}/{batch}/{key}/{index}.{ext}'

const words = ['producer', 'batch', 'key', 'edit', 'index', 'ext'] as const

/** What is wrong with a template, or nothing. It must hold `{edit}`, or `{batch}` with `{key}`, and `{index}`. */
export function faultOfTemplate(template: string): string | undefined {
  const used = [...template.matchAll(/\{([^}]*)\}/g)].map(([, word]) => word ?? '')
  const stranger = used.find((word) => !words.some((known) => known === word))
  if (stranger !== undefined)
    return `{${stranger}} is not one of ${words.map((word) => `{${word}}`).join(' ')}`
  if (!used.includes('index')) return 'needs {index}, or images of one edit would share a key'
  if (!used.includes('edit') && !(used.includes('batch') && used.includes('key')))
    return 'needs {edit}, or {batch} and {key}, or edits would share a key'
  return template.startsWith('/') ? 'must not begin with a slash' : undefined
}

/** The key of one image: deterministic, so that a second copy finds the first. An edit that came alone is its own batch. */
export function imageKey(
  template: string,
  edit: Pick<Edit, 'id' | 'producer' | 'batch' | 'key'>,
  index: number,
  ext: string,
): string {
  const facts: Record<(typeof words)[number], string> = {
    producer: edit.producer,
    batch: edit.batch === '' ? edit.id : edit.batch,
    key: edit.key,
    edit: edit.id,
    index: String(index),
    ext,
  }
  return template.replaceAll(
    /\{(producer|batch|key|edit|index|ext)\}/g,
    (_, word: keyof typeof facts) => facts[word],
  )
}

/** How the names of images may end. */
export const imageExtensions = ['png', 'jpg', 'webp'] as const
export type ImageExtension = (typeof imageExtensions)[number]

/** An image whose key is taken by another goes aside, under its hash. */
export const collisionKey = (editId: string, index: number, sha256: string, extension: string): string =>
  `${collisionPrefix(editId, index)}${sha256}.${extension}`

export const collisionPrefix = (editId: string, index: number): string => `collisions/${editId}/${index}-`

/** Source pictures are stored under their digest, apart for each producer. */
export const sourceKey = (producer: string, sha256: string): string => `sources/${producer}/${sha256}`

/** Which edit a task was made for; found by the task, where a ledger that forgot cannot tell. */
export const taskReceiptKey = (lane: string, taskId: string): string => `receipts/tasks/${lane}/${taskId}`

/** Acceptances are stored by the hour they came in (UTC), so that the latest can be listed without the rest. */
export const acceptancePrefix = (at: number): string =>
  `receipts/accepted/${new Date(at).toISOString().slice(0, 13)}/`

/** How an edit ended that cost nothing and left no image; see docs/decisions/0009-what-the-bucket-remembers.md. */
export const endedKey = (editId: string, attempt: number): string => `receipts/${editId}/${attempt}/ended`

/** `part` is `intent` (written before the POST) or `answer` (what came back). */
export const receiptKey = (editId: string, attempt: number, part: 'intent' | 'answer'): string =>
  `receipts/${editId}/${attempt}/${part}`
