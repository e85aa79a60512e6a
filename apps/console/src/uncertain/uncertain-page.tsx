import type { Review } from '@restyle/client/types'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { api, names } from '../app/api.ts'
import { firstOf } from '../app/first-of.ts'
import { counted, money } from '../app/format.ts'
import { useEvery } from '../app/live.ts'
import { Attempts } from '../ui/attempts.tsx'
import { Facts } from '../ui/facts.tsx'
import { EmptyForEver, Read } from '../ui/states.tsx'
import { When } from '../ui/when.tsx'
import { Decide } from './decide.tsx'

/** Held edits that one page shows; what is decided makes room. */
const most = 50

/** Edits whose submit has no outcome that anybody could find out: the one page whose decisions can cost double. */
export function UncertainPage() {
  const every = useEvery()
  const query = useQuery({
    queryKey: names.uncertain,
    queryFn: ({ signal }) => firstOf(api.reviews.all({ signal }), most),
    refetchInterval: every(30_000),
  })
  return (
    <div className="stack">
      <div className="page-head">
        <h1>Uncertain</h1>
      </div>
      <Read query={query} what="held edits" lines={3}>
        {(reviews) =>
          reviews.length === 0 ? (
            <EmptyForEver title="No edit is in doubt">
              <p>An edit comes here where nobody can find out whether its submit made a task.</p>
            </EmptyForEver>
          ) : (
            <>
              <p>
                {reviews.length === most
                  ? `The ${most} longest held.`
                  : `${counted(reviews.length, 'edit')} held, the longest first.`}{' '}
                Their submits may have made a task that is billed. There is no decision for several at once.
              </p>
              {reviews.map((review) => (
                <Held key={review.edit.id} review={review} />
              ))}
            </>
          )
        }
      </Read>
    </div>
  )
}

function Held({ review }: { review: Review }) {
  const { edit, why, attempt, heldAt, candidates, reservedMicros } = review
  const history = useQuery({
    queryKey: names.history(edit.id),
    queryFn: ({ signal }) => api.edits.history(edit.id, { signal }),
  })
  return (
    <article className="card stack" aria-label={`Held: ${edit.key}`}>
      <h2>
        <Link href={`/edits/${edit.id}`}>
          <bdi>{edit.key}</bdi>
        </Link>
      </h2>
      <Facts
        facts={[
          ['Held', <When key="h" at={heldAt} since />],
          ['Why', <bdi key="w">{why}</bdi>],
          ['Attempt', String(attempt)],
          ['Reserved', money(reservedMicros, edit.cost.currency)],
          ['Prompt', <bdi key="p">{edit.prompt}</bdi>],
          [
            'Candidates',
            candidates.length === 0 ? 'no task was found that could be its own' : candidates.join(', '),
          ],
        ]}
      />
      <details>
        <summary>Evidence: receipts, the vendor&rsquo;s words, looks</summary>
        <Read query={history} what="the evidence">
          {(read) => <Attempts history={read} />}
        </Read>
      </details>
      <Decide review={review} />
    </article>
  )
}
