import { count, counted, percent } from '../app/format.ts'
import './progress-bar.css'

/** What the edits of a batch are counted by; each with a pattern of its own, since colour alone tells nothing. */
export const parts = [
  { part: 'stored', word: 'stored' },
  { part: 'rendered', word: 'rendered, not stored yet' },
  { part: 'running', word: 'running' },
  { part: 'doubt', word: 'uncertain or held' },
  { part: 'failed', word: 'failed' },
  { part: 'canceled', word: 'canceled' },
  { part: 'queued', word: 'queued' },
] as const
export type Part = (typeof parts)[number]['part']
export type Parts = Readonly<Record<Part, number>>

/** Counts of the states of edits as parts of a bar. */
export function partsOf(counts: Readonly<Partial<Record<string, number>>>): Parts {
  const of = (...states: string[]) => states.reduce((sum, state) => sum + (counts[state] ?? 0), 0)
  return {
    stored: of('succeeded'),
    rendered: of('rendered'),
    running: of('submitting', 'running'),
    doubt: of('uncertain', 'review'),
    failed: of('failed'),
    canceled: of('canceled'),
    queued: of('queued'),
  }
}

/** `50,992 stored, 212 failed, 48,796 queued`: the same in words. */
export const wordsOf = (shown: Parts): string =>
  parts
    .filter(({ part }) => shown[part] > 0)
    .map(({ part, word }) => `${count(shown[part])} ${word}`)
    .join(', ') || 'no edits yet'

/** How far `parts` have come of all of them. `label` says whose progress it is. */
export function ProgressBar({ label, parts: shown }: { label: string; parts: Parts }) {
  const all = parts.reduce((sum, { part }) => sum + shown[part], 0)
  const ended = shown.stored + shown.failed + shown.canceled
  return (
    <div
      className="progress"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={Math.max(all, 1)}
      aria-valuenow={ended}
      aria-valuetext={`${percent(ended, all)} of ${counted(all, 'edit')} ended: ${wordsOf(shown)}`}
    >
      {parts.map(({ part }) =>
        shown[part] === 0 ? null : (
          <span key={part} className={`part part-${part}`} style={{ flexGrow: shown[part] }} />
        ),
      )}
    </div>
  )
}

/** What the patterns of a bar mean, with the counts. */
export const Legend = ({ parts: shown }: { parts: Parts }) => (
  <ul className="legend" aria-label="States">
    {parts
      .filter(({ part }) => shown[part] > 0)
      .map(({ part, word }) => (
        <li key={part}>
          <span className={`part part-${part}`} aria-hidden="true" />
          <span className="number">{count(shown[part])}</span> {word}
        </li>
      ))}
  </ul>
)
