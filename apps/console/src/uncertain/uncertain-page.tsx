import type { Review } from '@restyle/client/types'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import { api, names } from '../app/api.ts'
import { firstOf } from '../app/first-of.ts'
import { clock, counted, money } from '../app/format.ts'
import { useEvery } from '../app/live.ts'
import { usePreferences } from '../app/preferences.ts'
import { Attempts } from '../ui/attempts.tsx'
import { Facts } from '../ui/facts.tsx'
import { EmptyForEver, Read } from '../ui/states.tsx'
import { useListKeys } from '../ui/use-list-keys.tsx'
import { When } from '../ui/when.tsx'
import { Decide } from './decide.tsx'
import { phaseWords } from './evidence.ts'

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
            <HeldList reviews={reviews} />
          )
        }
      </Read>
    </div>
  )
}

function HeldList({ reviews }: { reviews: readonly Review[] }) {
  const [, go] = useLocation()
  const { active, said } = useListKeys({
    rows: reviews,
    keyOf: ({ edit }) => edit.id,
    nameOf: ({ edit }) => edit.key,
    open: ({ edit }) => go(`/edits/${edit.id}`),
  })
  return (
    <>
      <p>
        {reviews.length === most
          ? `The ${most} longest held.`
          : `${counted(reviews.length, 'edit')} held, the longest first.`}{' '}
        Their submits may have made a task that is billed. There is no decision for several at once.
      </p>
      {reviews.map((review) => (
        <Held key={review.edit.id} review={review} isActive={review.edit.id === active} />
      ))}
      {said}
    </>
  )
}

function Held({ review, isActive }: { review: Review; isActive: boolean }) {
  const { edit, why, attempt, heldAt, submit, reservedMicros } = review
  return (
    <article
      className="card stack"
      aria-label={`Held: ${edit.key}`}
      data-key={edit.id}
      aria-current={isActive ? 'true' : undefined}
    >
      <h2>
        <Link href={`/edits/${edit.id}`}>
          <bdi>{edit.key}</bdi>
        </Link>
      </h2>
      <Facts
        facts={[
          ['Held', <When key="h" at={heldAt} since />],
          ['Why', <bdi key="w">{why}</bdi>],
          ['Reserved', money(reservedMicros, edit.cost.currency)],
        ]}
      />
      <h3>What was submitted</h3>
      <Facts
        facts={[
          ['Attempt', String(attempt)],
          ['Began', <Submitted key="b" submit={submit} />],
          ['How far it was', <bdi key="f">{phaseWords(submit, edit.taskId)}</bdi>],
          ['Model', edit.model],
          ['Images', String(edit.request.n)],
          ['Prompt', <bdi key="p">{edit.prompt}</bdi>],
          ['Hash of the request', <code key="a">{submit.bodyHash}</code>],
        ]}
      />
      <Evidence id={edit.id} />
      <h3>Which task it may have made</h3>
      <Decide review={review} />
    </article>
  )
}

function Submitted({ submit: { intendedAt, leaseUntil } }: { submit: Review['submit'] }) {
  const { zone } = usePreferences()
  if (intendedAt === undefined) return 'not known'
  return (
    <>
      {clock(Date.parse(intendedAt), zone)}, <When at={intendedAt} since />
      {leaseUntil === undefined
        ? null
        : `; after ${clock(Date.parse(leaseUntil), zone)} it could not be sent any more`}
    </>
  )
}

/** What the bucket and the vendor said, which is read when somebody asks for it. */
function Evidence({ id }: { id: string }) {
  const [open, setOpen] = useState(false)
  const history = useQuery({
    queryKey: names.history(id),
    queryFn: ({ signal }) => api.edits.history(id, { signal }),
    enabled: open,
  })
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Evidence: receipts, the vendor&rsquo;s words, looks</summary>
      {open ? (
        <Read query={history} what="the evidence">
          {(read) => <Attempts history={read} />}
        </Read>
      ) : null}
    </details>
  )
}
