import type { Edit } from './contract/edit.ts'

/** Where images go in the bucket. Words in braces are replaced; see `imageKey`. */
export const defaultKeyTemplate = '{producer}/{batch}/{key}/{index}.{ext}'

const words = ['producer', 'batch', 'key', 'edit', 'index', 'ext'] as const
type Word = (typeof words)[number]

/** Folders of ours in the bucket: what a lifecycle rule may delete there, and what would be taken for a receipt. */
export const reservedFolders: readonly string[] = ['receipts', 'sources', 'collisions', '.restyle']

/** S3 takes no longer key. */
const mostBytes = 1024

/** What a word may stand for, and in how many bytes at most. A key is 200 UTF-16 units, each 3 bytes at most. */
const fillings: Readonly<Record<Word, { pattern: string; bytes: number }>> = {
  // a reserved name is refused where keys are made
  producer: { pattern: '[a-z0-9][a-z0-9-]*', bytes: 63 },
  batch: { pattern: '(batch|edit)_[a-z0-9]+', bytes: 32 },
  key: { pattern: '[^/]+', bytes: 600 },
  edit: { pattern: '(batch|edit)_[a-z0-9]+(-[0-9]+){0,2}', bytes: 46 },
  index: { pattern: '[0-9]+(-take[0-9]+)?', bytes: 10 },
  ext: { pattern: '[a-z]+', bytes: 4 },
}

/**
 * What is wrong with a template, or nothing. It must hold `{edit}`, or `{batch}` with `{key}`, and `{index}`; `{ext}` may
 * stand at its end alone, since the format is not known before the image is, and a rebuild looks for images without it.
 */
export function faultOfTemplate(template: string): string | undefined {
  const used = [...template.matchAll(/\{([^}]*)\}/g)].map(([, word]) => word ?? '')
  const stranger = used.find((word) => !words.some((known) => known === word))
  if (stranger !== undefined)
    return `{${stranger}} is not one of ${words.map((word) => `{${word}}`).join(' ')}`
  if (!used.includes('index')) return 'needs {index}, or images of one edit would share a key'
  if (!used.includes('edit') && !(used.includes('batch') && used.includes('key')))
    return 'needs {edit}, or {batch} and {key}, or edits would share a key'
  return faultOfPath(template) ?? faultOfLength(template)
}

function faultOfPath(template: string): string | undefined {
  if (template.startsWith('/')) return 'must not begin with a slash'
  const parts = template.split('/')
  if (parts.some((part) => part === '' || part === '.' || part === '..'))
    return 'must not hold an empty part, . or ..'
  if (/\p{Cc}/u.test(template) || !template.isWellFormed()) return 'must not hold control characters'
  const joined = /\}\{/.exec(template)
  if (joined !== null) return 'needs something between two words, or edits could share a key'
  if (/\{ext\}(?!$)/.test(template)) return 'may hold {ext} only at its end'
  const taken = reservedFolders.find((folder) => canBecome(parts[0] ?? '', folder))
  return taken === undefined ? undefined : `could lead into ${taken}/, which is no folder for images`
}

/** Whether some fillings turn a part into that name. */
function canBecome(part: string, name: string): boolean {
  if (part === '{producer}') return false
  const pattern = part
    .split(/(\{\w+\})/)
    .map((piece) => (isWord(piece) ? fillings[wordIn(piece)].pattern : piece.replaceAll(/[^\w-]/g, '\\$&')))
  return new RegExp(`^${pattern.join('')}$`).test(name)
}

function faultOfLength(template: string): string | undefined {
  const pieces = template.split(/(\{\w+\})/)
  const bytes = pieces.reduce(
    (sum, piece) => sum + (isWord(piece) ? fillings[wordIn(piece)].bytes : Buffer.byteLength(piece)),
    0,
  )
  return bytes > mostBytes ? `could make a key of ${bytes} bytes; a bucket takes ${mostBytes}` : undefined
}

const isWord = (piece: string): boolean => words.some((word) => piece === `{${word}}`)
const wordIn = (piece: string): Word => piece.slice(1, -1) as Word

/** The key of one image: deterministic, so that a second copy finds the first. An edit that came alone is its own batch. */
export function imageKey(
  template: string,
  edit: Pick<Edit, 'id' | 'producer' | 'batch' | 'key' | 'take'>,
  index: number,
  ext: string,
): string {
  const facts: Record<Word, string> = {
    producer: edit.producer,
    batch: edit.batch === '' ? edit.id : edit.batch,
    key: edit.key,
    edit: edit.id,
    // its row may have images of an earlier take under the same key
    index: edit.take === undefined ? String(index) : `${index}-take${edit.take}`,
    ext,
  }
  return template.replaceAll(
    /\{(producer|batch|key|edit|index|ext)\}/g,
    (_, word: keyof typeof facts) => facts[word],
  )
}

/** Where the files of a batch go, beside its images: a folder with a slash at its end that no other batch has. */
export function filesFolder(template: string, { id, producer }: { id: string; producer: string }): string {
  const shared = template.slice(0, template.search(/\{(key|edit|index|ext)\}/))
  const folder = shared.slice(0, shared.lastIndexOf('/') + 1)
  const own = folder.includes('{batch}') ? folder : `${folder}{batch}/`
  return own.replaceAll('{producer}', producer).replaceAll('{batch}', id)
}

/** How the names of images may end. */
export const imageExtensions = ['png', 'jpg', 'webp'] as const
export type ImageExtension = (typeof imageExtensions)[number]

/** An image whose key is taken by another goes aside, under its hash. */
export const collisionKey = (editId: string, index: number, sha256: string, extension: string): string =>
  `${collisionPrefix(editId, index)}${sha256}.${extension}`

export const collisionPrefix = (editId: string, index: number): string => `collisions/${editId}/${index}-`

/**
 * A small picture of an edit's image or source, `of` which digest: that of the image, or of the source's address. They can be made
 * again: a lifecycle rule may delete them at any age.
 */
export const thumbnailKey = (
  editId: string,
  { what, index, of }: { what: 'image' | 'source'; index: number; of: string },
  side: number,
): string => `.restyle/thumbnails/${editId}/${what}-${index}-${of.slice(0, 16)}-${side}.webp`

/** How large the source of an edit is, beside its small pictures and under the same name. */
export const sourceFactsKey = (editId: string, { index, of }: { index: number; of: string }): string =>
  `.restyle/thumbnails/${editId}/source-${index}-${of.slice(0, 16)}-facts.json`

/** Source pictures are stored under their digest, apart for each producer. */
export const sourceKey = (producer: string, sha256: string): string => `sources/${producer}/${sha256}`

/** Which edit a task was made for; found by the task, where a ledger that forgot cannot tell. */
export const taskReceiptKey = (lane: string, taskId: string): string => `receipts/tasks/${lane}/${taskId}`

/** Acceptances are stored by the hour they came in (UTC), so that the latest can be listed without the rest. */
export const acceptancePrefix = (at: number): string => `receipts/accepted/${hourOf(at)}/`

/** The name of a promise of several edits tells all their ids, so that it need not be read to know whether all are there. */
export const promiseOf = (ids: readonly string[]): string => ids.join('.')
export const idsOfPromise = (name: string): string[] => name.split('.')

const hourOf = (at: number): string => new Date(at).toISOString().slice(0, 13)

/** Everything the bucket holds of a batch but its opening and the receipts of its edits. */
export const batchPrefix = (batch: string): string => `receipts/batches/${batch}/`

/** Where a batch's chunks of rows are, each named after its first row (from 0), in their order. */
export const rowsPrefix = (batch: string): string => `${batchPrefix(batch)}rows/`
export const rowsKey = (batch: string, first: number): string =>
  `${rowsPrefix(batch)}${String(first).padStart(9, '0')}`

/**
 * Where a batch's results are: of each chunk of rows, under the number of its first row, what became of them. Of rows that were
 * retried the second edits have an object of their own, and so on: `take` counts from 1.
 */
export const resultsPrefix = (batch: string): string => `${batchPrefix(batch)}results/`
export const resultsKey = (batch: string, first: number, take = 1): string =>
  `${resultsPrefix(batch)}${String(first).padStart(9, '0')}${take === 1 ? '' : `~${take}`}`

/** Which results a key names. */
export function resultsOfKey(batch: string, key: string): { first: number; take: number } {
  const [first, take = 1] = key.slice(resultsPrefix(batch).length).split('~').map(Number)
  return { first: first ?? 0, take }
}

/** That a batch has rows of a model and class; an empty object. */
export const lotsPrefix = (batch: string): string => `${batchPrefix(batch)}lots/`
export const lotKey = (batch: string, lot: { model: string; class: string }): string =>
  `${lotsPrefix(batch)}${lot.model}~${lot.class}`

/** Where all receipts of a batch's edits are. */
export const receiptsOfBatch = (batch: string): string => `receipts/${batch}-`

/**
 * Which rows of a chunk were left out, of those that were sent with it: named after the first row (from 0) and a digest of
 * what came.
 */
export const rejectsPrefix = (batch: string): string => `${batchPrefix(batch)}rejects/`
export const rejectsKey = (batch: string, first: number, digest: string): string =>
  `${rejectsPrefix(batch)}${String(first).padStart(9, '0')}-${digest}`

/** Which failed rows of a batch were to be retried, and how; numbered from 1. */
export const retriesPrefix = (batch: string): string => `${batchPrefix(batch)}retries/`
export const retryKey = (batch: string, number: number): string =>
  `${retriesPrefix(batch)}${String(number).padStart(4, '0')}`

/**
 * The batches of a producer's catalog, each an object whose name ends in when (epoch ms) it was opened, in 13 digits, and
 * its id: so a list has them in their order.
 */
export const catalogPrefix = (producer: string, catalog: string): string =>
  `receipts/catalogs/${producer}/${catalog}/batches/`
export const catalogKey = (batch: { producer: string; id: string }, catalog: string, at: number): string =>
  `${catalogPrefix(batch.producer, catalog)}${String(at).padStart(13, '0')}-${batch.id}`

/** How many rows a batch has that was open. */
export const closedKey = (batch: string): string => `${batchPrefix(batch)}closed`

/**
 * That an edit or a batch was canceled, wherever it stood; beside its receipts, so that whoever lists those sees it. A batch
 * may be canceled once more after each retry; `round` counts the retries before.
 */
export const cancelKey = (what: 'edit' | 'batch', id: string, round = 0): string =>
  what === 'edit' ? `receipts/${id}/cancel` : `${batchPrefix(id)}canceled${round === 0 ? '' : `-${round}`}`

/** How schedules were set, paused, resumed and removed; numbered from 1. */
export const schedulesPrefix = 'receipts/schedules/'
export const scheduleSettingsPrefix = (producer: string, schedule: string): string =>
  `${schedulesPrefix}${producer}/${schedule}/`
export const scheduleSettingsKey = (producer: string, schedule: string, revision: number): string =>
  `${scheduleSettingsPrefix(producer, schedule)}${String(revision).padStart(6, '0')}`

/** How webhooks were set, and removed; numbered from 1. */
export const webhooksPrefix = 'receipts/webhooks/'
export const webhookPrefix = (producer: string, webhook: string): string =>
  `${webhooksPrefix}${producer}/${webhook}/`
export const webhookKey = (producer: string, webhook: string, revision: number): string =>
  `${webhookPrefix(producer, webhook)}${String(revision).padStart(6, '0')}`

/** What became of a schedule's ticks, named after the runs; beside a run that was started how it was planned. */
export const ticksPrefix = (producer: string, schedule: string): string =>
  `receipts/ticks/${producer}/${schedule}/`
export const tickKey = (producer: string, schedule: string, run: string): string =>
  `${ticksPrefix(producer, schedule)}${run}`
export const plannedKey = (producer: string, schedule: string, run: string): string =>
  `${tickKey(producer, schedule, run)}.planned`

/** What an admin has set for a producer; numbered from 1, the newest counts. */
export const settingsPrefix = (producer: string): string => `receipts/producers/${producer}/`
export const settingsKey = (producer: string, version: number): string =>
  `${settingsPrefix(producer)}${String(version).padStart(6, '0')}`

/**
 * An API key without its secret; its versions are numbered from 1, the newest counts. Not with the receipts, which a lifecycle
 * rule may delete after some months: a key lives longer.
 */
export const keyRecordsPrefix = (keyId: string): string => `.restyle/keys/${keyId}/`
export const keyRecordKey = (keyId: string, version: number): string =>
  `${keyRecordsPrefix(keyId)}${String(version).padStart(6, '0')}`

/** What a producer has had, by its days; of each day the newest record counts, named by its time (epoch ms). */
export const usagePrefix = (producer: string): string => `receipts/usage/${producer}/`
export const usageKey = (producer: string, day: string, at: number): string =>
  `${usagePrefix(producer)}${day}/${String(at).padStart(14, '0')}`

/** What a batch may cost, where that was changed after it was opened; numbered from 1. */
export const budgetsPrefix = (batch: string): string => `${batchPrefix(batch)}budgets/`
export const budgetKey = (batch: string, number: number): string =>
  `${budgetsPrefix(batch)}${String(number).padStart(4, '0')}`

/** What persons think of the rows of a batch, or of an edit that came alone; the newest record counts, named by its time (epoch ms). */
export const verdictsPrefix = (id: string): string =>
  id.startsWith('batch_') ? `${batchPrefix(id)}verdicts/` : `receipts/${id}/verdict/`
export const verdictsKey = (id: string, at: number): string =>
  `${verdictsPrefix(id)}${String(at).padStart(14, '0')}`

/** Which redos there are of an edit; empty objects. */
export const redosPrefix = (root: string): string => `.restyle/redos/${root}/`
export const redoKey = (root: string, redo: string): string => `${redosPrefix(root)}${redo}`

/** What became of a redo that a person judged: the ledger forgets it in time, and the verdict stays. */
export const judgedRedoKey = (redo: string): string => `.restyle/judged-redos/${redo}`

/** What was ordered, by the hour (UTC), so that the latest can be listed without the rest. */
export const ordersPrefix = (at: number): string => `receipts/orders/${hourOf(at)}/`

/** How an edit ended that cost nothing and left no image; see docs/decisions/0009-what-the-bucket-remembers.md. */
export const endedKey = (editId: string, attempt: number): string => `receipts/${editId}/${attempt}/ended`

/** `part` is `intent` (written before the POST) or `answer` (what came back). */
export const receiptKey = (editId: string, attempt: number, part: 'intent' | 'answer'): string =>
  `receipts/${editId}/${attempt}/${part}`
