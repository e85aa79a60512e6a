import { limits } from '@restyle/shared/contract/limits'
import { openTurns } from '@restyle/shared/turns'

/** A value in the bytes of a body: `from` is its first byte, `to` the one after its last. */
export type Span = { from: number; to: number }

type Path = readonly (string | number)[]

/** The spans of a batch's edits and of its other fields, none of them parsed; or why it is none. */
export type Scanned =
  /** `edits` is one span where it is no list. */
  | { kind: 'scanned'; edits: Span[] | Span | undefined; fields: ReadonlyMap<string, Span> }
  | { kind: 'unfit'; path: Path; detail: string }
  /** It stops being JSON at that byte. */
  | { kind: 'broken'; at: number }

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a]
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d]

/** Ends a scan. Does not leave this file. */
class Refusal extends Error {
  readonly scanned: Scanned
  constructor(scanned: Scanned) {
    super('refused')
    this.scanned = scanned
  }
}

const broken = (at: number): Refusal => new Refusal({ kind: 'broken', at })
const unfit = (path: Path, detail: string): Refusal => new Refusal({ kind: 'unfit', path, detail })
const tooLong = (path: Path): Refusal =>
  unfit(path, `${path.length === 0 ? 'the body' : path.join('/')} has a part of over ${limits.rowBytes} bytes`)

/**
 * Finds the edits of a batch in its bytes, and refuses what is too many, too long or too deep before anything is made of
 * it: `JSON.parse` of 64 MiB at once would stop the process for a second, and of nested lists for longer.
 */
export async function scanBatch(body: Buffer): Promise<Scanned> {
  try {
    return await scanObject(body)
  } catch (error) {
    if (error instanceof Refusal) return error.scanned
    throw error
  }
}

async function scanObject(body: Buffer): Promise<Scanned> {
  const fields = new Map<string, Span>()
  let edits: Span[] | Span | undefined
  let at = skipBlanks(body, 0)
  if (body[at] !== openObject) throw unfit([], 'the body must be an object')
  at = skipBlanks(body, at + 1)
  while (body[at] !== closeObject) {
    const { name, value } = scanName(body, at)
    if (fields.has(name)) throw unfit([name], `${name} is given twice`)
    if (fields.size === limits.fields) throw unfit([], `the body has more than ${limits.fields} fields`)
    const isList = name === 'edits' && body[value] === openList
    const list = isList ? await scanList(body, value) : undefined
    const span = { from: value, to: list?.to ?? skipValue(body, value, [name]) }
    if (name === 'edits') edits = list?.items ?? span
    fields.set(name, span)
    at = nextOf(body, span.to, closeObject)
  }
  at = skipBlanks(body, at + 1)
  if (at < body.length) throw broken(at)
  fields.delete('edits')
  return { kind: 'scanned', edits, fields }
}

/** The items of the list of edits that begins at `at`; refuses the first that is too many. */
async function scanList(body: Buffer, at: number): Promise<{ items: Span[]; to: number }> {
  const turn = openTurns()
  const items: Span[] = []
  let next = skipBlanks(body, at + 1)
  while (body[next] !== closeList) {
    await turn()
    if (items.length === limits.rows) throw unfit(['edits'], `edits must be at most ${limits.rows} long`)
    const span = { from: next, to: skipValue(body, next, ['edits', items.length]) }
    items.push(span)
    next = nextOf(body, span.to, closeList)
  }
  return { items, to: next + 1 }
}

/** A field's name at `at`, and where its value begins. */
function scanName(body: Buffer, at: number): { name: string; value: number } {
  const end = skipString(body, at, [])
  const colonAt = skipBlanks(body, end)
  if (body[colonAt] !== colon) throw broken(colonAt)
  try {
    const name = JSON.parse(body.toString('utf8', at, end)) as string
    return { name, value: skipBlanks(body, colonAt + 1) }
  } catch {
    throw broken(at)
  }
}

/** Where the next item begins after one that ends at `at`, or where `close` is. */
function nextOf(body: Buffer, at: number, close: number): number {
  const next = skipBlanks(body, at)
  if (body[next] === close) return next
  if (body[next] !== comma) throw broken(next)
  const item = skipBlanks(body, next + 1)
  // a comma before the end
  if (body[item] === close) throw broken(item)
  return item
}

/** Behind the value that begins at `at`. Whether it is JSON inside is not looked at. */
function skipValue(body: Buffer, at: number, path: Path): number {
  // the body, and the list of edits, are levels too
  const mostOpen = limits.depth - path.length
  const open: number[] = []
  let next = at
  while (next < body.length) {
    const byte = body[next]
    if (open.length === 0 && endsPlainValue(byte)) {
      if (next === at) throw broken(at)
      return next
    }
    next = byte === quote ? skipString(body, next, path) : next + 1
    if (next - at > limits.rowBytes) throw tooLong(path)
    if (byte === openList || byte === openObject) {
      if (open.push(byte) > mostOpen)
        throw unfit(path, `${path.join('/')} is nested deeper than ${limits.depth} levels`)
    } else if (byte === closeList || byte === closeObject) {
      // the closing bracket is two after the opening one
      if (open.pop() !== byte - 2) throw broken(next - 1)
    } else if (byte !== quote) continue
    if (open.length === 0) return next
  }
  throw broken(body.length)
}

/** A number, true, false or null ends before one of these. */
const endsPlainValue = (byte: number | undefined): boolean =>
  byte === comma || byte === closeList || byte === closeObject || isBlank(byte)

/** Behind the string that begins at `at`. */
function skipString(body: Buffer, at: number, path: Path): number {
  if (body[at] !== quote) throw broken(at)
  for (let end = body.indexOf(quote, at + 1); end > 0; end = body.indexOf(quote, end + 1)) {
    if (end - at > limits.rowBytes) throw tooLong(path)
    let escapes = 0
    while (body[end - 1 - escapes] === backslash) escapes += 1
    if (escapes % 2 === 0) return end + 1
  }
  throw broken(body.length)
}

const isBlank = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09

function skipBlanks(body: Buffer, at: number): number {
  let next = at
  while (isBlank(body[next])) {
    next += 1
    if (next - at > limits.rowBytes) throw tooLong([])
  }
  return next
}
