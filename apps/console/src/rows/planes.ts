import type { Planes } from './filter.ts'

const planeNames = ['state', 'verdict', 'code'] as const
type PlaneName = (typeof planeNames)[number]

/** One byte of the map that is another now; rows count from 1. */
export type MapChange = { row: number; plane: PlaneName; value: number }

/**
 * The planes in an answer of the map: one after another, as its headers say. A plane that is missing is empty. Throws where the
 * bytes are not as many as the headers say: a proxy has cut the answer.
 */
export function readPlanes(bytes: Uint8Array, headers: { names: string; rows: string }): Planes {
  const rows = Number(headers.rows)
  const names = headers.names.split(',').map((name) => name.trim())
  if (!Number.isInteger(rows) || bytes.length !== rows * names.length)
    throw new Error(
      `the map of the batch has ${bytes.length} bytes, and should have ${names.length} for each of ${headers.rows} rows`,
    )
  const plane = (name: PlaneName): Uint8Array => {
    const at = names.indexOf(name)
    // a copy: a change must not write into a plane that comes after
    return at < 0 ? new Uint8Array(rows).fill(empty[name]) : bytes.slice(at * rows, (at + 1) * rows)
  }
  return { rows, state: plane('state'), verdict: plane('verdict'), code: plane('code') }
}

const empty: Record<PlaneName, number> = { state: 0x2e, verdict: 0x2e, code: 0 }

/** Writes changes into the planes. Tells whether all fitted: an open batch may have more rows than the planes. */
export function applyChanges(planes: Planes, changes: readonly MapChange[]): boolean {
  let all = true
  for (const { row, plane, value } of changes)
    if (row >= 1 && row <= planes.rows) planes[plane][row - 1] = value
    else all = false
  return all
}

/** The changes in a message of the stream: `[row, place of the plane, byte]` each. What is no change is left out. */
export function changesOf(told: unknown): MapChange[] {
  const { changes } = told as { changes?: unknown }
  if (!Array.isArray(changes)) return []
  return changes.flatMap((change: unknown) => {
    const [row, place, value] = Array.isArray(change) ? (change as unknown[]) : []
    const plane = planeNames[Number(place)]
    return typeof row === 'number' && typeof value === 'number' && plane !== undefined
      ? [{ row, plane, value }]
      : []
  })
}
