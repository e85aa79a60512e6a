import { Link } from 'wouter'
import { ExportLinks } from './export-links.tsx'
import { reviewedWords } from './review-end.ts'
import type { ReviewEnd } from './use-review-end.ts'
import './review-end-notice.css'

/** Says that all is reviewed, and offers what comes next. It takes no focus; `closed`: the button that had it is gone. */
export function ReviewEndNotice({ end, closed }: { end: ReviewEnd | undefined; closed: () => void }) {
  return (
    // there before it says anything: else it is not heard
    <div role="status" className={end === undefined ? 'unseen' : 'review-end'}>
      {end === undefined ? null : (
        <section aria-label="End of the review" tabIndex={-1}>
          <p>{reviewedWords(end.reviewed)}</p>
          {end.approved === 0 ? null : <ExportLinks id={end.batch} what="all that is approved" />}
          <Link href={`/batches/${end.batch}`}>Go to the batch</Link>
          <button
            type="button"
            onClick={() => {
              end.close()
              closed()
            }}
          >
            Close
          </button>
        </section>
      )}
    </div>
  )
}
