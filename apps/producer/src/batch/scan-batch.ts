import { limits } from '@restyle/shared/contract/limits'
import { openTurns } from '@restyle/shared/turns'
import { type Blocks, needsMore } from './blocks.ts'
import {
  closeList,
  closeObject,
  colon,
  comma,
  findByte,
  findString,
  findValue,
  NotJson,
  openList,
  openObject,
  TooMuch,
} from './find-json.ts'

/** A batch's edits and its other fields by name, as bytes that have not been parsed. `edits` may be no list. */
export type Scanned = { edits: Buffer[] | Buffer | undefined; fields: ReadonlyMap<string, Buffer> }

const cutShort = () => new NotJson('it ends too early')

/**
 * Cuts the body of a batch into its edits, and throws (`TooMuch`, `NotJson`) at the first thing that is too many, too long
 * or too deep, before anything is made of it: `JSON.parse` of all at once would stop the process for a second, and of
 * nested lists for longer.
 */
export async function scanBatch(blocks: Blocks): Promise<Scanned> {
  const fields = new Map<string, Buffer>()
  let edits: Scanned['edits']
  await blocks.next(findMark, cutShort)
  const first = await byte(blocks)
  if (first > 0x7f) throw new NotJson('it is not UTF-8')
  if (first !== openObject) throw new TooMuch([], 'the body must be an object')
  await pass(blocks)
  for (let name = await fieldName(blocks, true); name !== undefined; name = await fieldName(blocks, false)) {
    if (fields.has(name) || (name === 'edits' && edits !== undefined))
      throw new TooMuch([name], `${name} is given twice`)
    if (fields.size === limits.fields) throw new TooMuch([], `the body has more than ${limits.fields} fields`)
    const begins = await byte(blocks)
    if (name !== 'edits') fields.set(name, await blocks.next(findValue([name]), cutShort))
    else edits = begins === openList ? await list(blocks) : await blocks.next(findValue([name]), cutShort)
  }
  await end(blocks)
  return { edits, fields }
}

/** A byte order mark, which some editors begin a file with. */
function findMark(bytes: Buffer, at: number): { found: boolean; to: number } {
  if (bytes.length === 0 || (bytes[0] === 0xef && bytes.length < 3)) throw needsMore
  const found = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  return { found, to: found ? 3 : at }
}

/** The items of the list of edits; refuses the first that is too many. */
async function list(blocks: Blocks): Promise<Buffer[]> {
  const turn = openTurns()
  const items: Buffer[] = []
  await pass(blocks)
  if ((await byte(blocks)) === closeList) {
    await pass(blocks)
    return items
  }
  for (;;) {
    await turn()
    if (items.length === limits.rows)
      throw new TooMuch(['edits'], `edits must be at most ${limits.rows} long`)
    items.push(await blocks.next(findValue(['edits', items.length]), cutShort))
    const next = await byte(blocks)
    if (next !== comma && next !== closeList) throw new NotJson()
    await pass(blocks)
    if (next === closeList) return items
    // a comma before the end
    if ((await byte(blocks)) === closeList) throw new NotJson()
  }
}

/** Reads the name of the next field and its colon; undefined after the end of the object. */
async function fieldName(blocks: Blocks, isFirst: boolean): Promise<string | undefined> {
  const next = await byte(blocks)
  if (next === closeObject) {
    await pass(blocks)
    return undefined
  }
  if (!isFirst) {
    if (next !== comma) throw new NotJson()
    await pass(blocks)
    await byte(blocks)
  }
  const text = (await blocks.next(findString, cutShort)).toString()
  if ((await byte(blocks)) !== colon) throw new NotJson()
  await pass(blocks)
  try {
    return JSON.parse(text) as string
  } catch {
    throw new NotJson()
  }
}

async function end(blocks: Blocks): Promise<void> {
  const nothingMore = new NotJson()
  const left = await blocks
    .next(findByte, () => nothingMore)
    .catch((error: unknown) => {
      if (error === nothingMore) return undefined
      throw error
    })
  if (left !== undefined) throw new NotJson()
}

/** The next byte that is not blank, which is then the next to be passed. */
const byte = (blocks: Blocks): Promise<number> => blocks.next(findByte, cutShort)

const pass = (blocks: Blocks): Promise<number> =>
  blocks.next((bytes, at) => ({ found: bytes[at] ?? 0, to: at + 1 }), cutShort)
