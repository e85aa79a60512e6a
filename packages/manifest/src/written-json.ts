/** A number as its author wrote it: `1.10` and twenty digits are names as often as amounts. */
export class WrittenNumber {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** An object whose numbers are `WrittenNumber`, or why it is none; `detail` continues after the line's name. */
export type WrittenObject =
  | { kind: 'object'; object: Readonly<Record<string, unknown>> }
  | { kind: 'fault'; detail: string }

/** Reads one JSON object of at most `deepest` levels: each costs a reader a frame of its stack. */
export function readWrittenObject(text: string, deepest: number): WrittenObject {
  if (depthOf(text) > deepest) return { kind: 'fault', detail: `is nested deeper than ${deepest} levels` }
  try {
    const value: unknown = (JSON.parse as ParseWithSource)(text, (_, each, { source }) =>
      typeof each === 'number' && source !== undefined ? new WrittenNumber(source) : each,
    )
    if (
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      !(value instanceof WrittenNumber)
    )
      return { kind: 'object', object: value as Record<string, unknown> }
    return { kind: 'fault', detail: 'is not a JSON object' }
  } catch {
    return { kind: 'fault', detail: 'is not a JSON object' }
  }
}

/** With the third argument of the reviver, which Node has and the library's types do not know yet. */
type ParseWithSource = (
  text: string,
  reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
) => unknown

/** The same value with numbers as JavaScript has them. */
export function asNumbers(value: unknown): unknown {
  if (value instanceof WrittenNumber) return Number(value.text)
  if (Array.isArray(value)) return value.map(asNumbers)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, asNumbers(each)]))
}

/** The same value as JSON again, with numbers as they were written. */
export function jsonOf(value: unknown): string {
  if (value instanceof WrittenNumber) return value.text
  if (Array.isArray(value)) return `[${value.map(jsonOf).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return `{${Object.entries(value)
    .map(([name, each]) => `${JSON.stringify(name)}:${jsonOf(each)}`)
    .join(',')}}`
}

/** Every text within a value, names of fields too, with the way to it: `metadata.note`. */
export function* textsOf(value: unknown, way = ''): Generator<{ field: string; text: string }> {
  if (typeof value === 'string') yield { field: way, text: value }
  if (typeof value !== 'object' || value === null || value instanceof WrittenNumber) return
  for (const [name, each] of Object.entries(value)) {
    const field = way === '' ? name : `${way}.${name}`
    if (!Array.isArray(value)) yield { field, text: name }
    yield* textsOf(each, field)
  }
}

function depthOf(text: string): number {
  let [depth, deepest, inText] = [0, 0, false]
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at]
    if (inText && sign === '\\') at += 1
    else if (sign === '"') inText = !inText
    else if (!inText && (sign === '[' || sign === '{')) depth += 1
    else if (!inText && (sign === ']' || sign === '}')) depth -= 1
    deepest = Math.max(deepest, depth)
  }
  return deepest
}
