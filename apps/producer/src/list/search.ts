import type { Batch } from '@restyle/shared/contract/batch'
import type { Edit } from '@restyle/shared/contract/edit'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import { readEdit } from '@restyle/shared/rows/read-edits'
import { listBatches } from './list-batches.ts'
import { withVerdict } from '../http/own.ts'
import { type FoundEdits, isJudged, listEdits, type ListTools } from './list-edits.ts'
import { isCode, plain, type Sought } from './parse-search.ts'
import type { Place } from './place.ts'

/*
 * Searches what a producer has made, the newest first. There is no index: what one request looks at is bounded as in the lists,
 * and it says where to go on. Ids are looked up, names of batches are few, and a prompt is compared where the edit is read anyway.
 */

export type SearchTools = ListTools & {
  ledger: ListTools['ledger'] & Pick<Ledger, 'readBatch' | 'verdictOf'>
}

export type FoundBySearch = FoundEdits & {
  batches: Batch[]
  /** Some batches were not looked at, or not all that were found are there. */
  moreBatches: boolean
}

/** Batches that a search shows by their names. */
const mostBatches = 20

/** What is looked for. Batches and what has the very id are on the first page only. */
export async function search(
  producer: string,
  sought: Sought,
  after: Place | undefined,
  limit: number,
  tools: SearchTools,
): Promise<FoundBySearch> {
  const isFirst = after === undefined
  const batch = await ownBatch(sought.batch, producer, tools)
  const named = isFirst ? await batchesOf(producer, sought, batch, tools) : { batches: [] }
  const batches = { batches: named.batches, moreBatches: named.next !== undefined }
  const exact = isFirst ? await editOf(producer, sought, tools) : undefined
  if (exact !== undefined) return { ...batches, edits: [exact], unreadable: [], looked: 1 }
  if (sought.text !== undefined && isId(sought.text))
    return { ...batches, edits: [], unreadable: [], looked: 0 }
  const found = await listEdits(producer, filterOf(sought, batch), after, limit, tools)
  return { ...found, ...batches }
}

function filterOf(sought: Sought, batch: Batch | undefined) {
  const { code, text, states, verdict, from, to } = sought
  const isMeant = meaning(sought)
  return {
    batch,
    name: batch === undefined ? sought.batch : undefined,
    states,
    verdict,
    keyPrefix: sought.keyPrefix ?? text,
    isCode: code === undefined ? undefined : (each: string) => isCode(each, code),
    ...(isMeant === undefined ? {} : { isMeant }),
    from,
    to,
  }
}

/** What the list itself does not look at. */
function meaning({ text, keyPrefix, prompts }: Sought): ((edit: Edit) => boolean) | undefined {
  if (prompts.length === 0 && (text === undefined || keyPrefix === undefined)) return undefined
  return ({ key, request }) =>
    key.startsWith(text ?? '') && prompts.every((part) => plain(request.prompt).includes(part))
}

const isId = (text: string): boolean => /^(edit|batch)_[a-z0-9]{6,40}(-\d+){0,2}$/.test(text)

async function ownBatch(
  id: string | undefined,
  producer: string,
  { ledger }: SearchTools,
): Promise<Batch | undefined> {
  if (id === undefined || !isId(id)) return undefined
  const batch = await ledger.readBatch(id)
  return batch?.producer === producer ? batch : undefined
}

/** Batches that plain words or `batch:` mean, where nothing is said that only an edit can be. */
async function batchesOf(
  producer: string,
  sought: Sought,
  batch: Batch | undefined,
  tools: SearchTools,
): Promise<{ batches: Batch[]; next?: Place }> {
  const { text, keyPrefix, prompts, code, states, verdict, from, to } = sought
  const isOfEdits = [keyPrefix, code, verdict, ...prompts, ...states].some((each) => each !== undefined)
  const named = text ?? sought.batch
  if (isOfEdits || named === undefined || (text !== undefined && sought.batch !== undefined))
    return { batches: [] }
  if (isId(named)) {
    const own = batch ?? (await ownBatch(named, producer, tools))
    return { batches: own === undefined ? [] : [own] }
  }
  const filter = { name: named, state: undefined, errorCode: undefined, from, to }
  return listBatches(producer, filter, undefined, mostBatches, tools)
}

/** The edit that has this very id; whatever else is said must be so of it too. */
async function editOf(producer: string, sought: Sought, tools: SearchTools): Promise<Edit | undefined> {
  const { text } = sought
  if (text === undefined || !isId(text)) return undefined
  const edit = await readEdit(text, tools)
  if (edit?.producer !== producer || !suits(edit, sought)) return undefined
  return isJudged(await withVerdict(edit, tools), sought.verdict) ? edit : undefined
}

function suits(edit: Edit, sought: Sought): boolean {
  const { keyPrefix = '', code, states, prompts, from = 0, to = Infinity } = sought
  const isMeant = prompts.every((part) => plain(edit.request.prompt).includes(part))
  const hasCode = code === undefined || (edit.failure !== undefined && isCode(edit.failure.code, code))
  const isIn = states.length === 0 || states.includes(edit.state)
  return (
    isMeant &&
    hasCode &&
    isIn &&
    edit.key.startsWith(keyPrefix) &&
    edit.createdAt >= from &&
    edit.createdAt < to
  )
}
