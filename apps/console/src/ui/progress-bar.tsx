import { count, counted, percent } from '../app/format.ts'
import { parts, type Parts, wordsOf } from './parts.ts'
import './progress-bar.css'

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
