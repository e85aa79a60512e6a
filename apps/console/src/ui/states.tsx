import { ApiError } from '@restyle/client/api-error'
import { type ReactNode, useEffect, useState } from 'react'
import { Link } from 'wouter'
import { ago } from '../app/format.ts'
import { useNow } from '../app/use-now.ts'
import { CopyButton } from './copy-button.tsx'
import './states.css'

/** Before that a page that is loading shows nothing: most answers are there sooner. */
const patienceMs = 150

/** The place of what is coming: as many lines as are expected, of the height that they will have. */
export function Loading({ what, lines = 3 }: { what: string; lines?: number }) {
  const [late, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(setLate, patienceMs, true)
    return () => clearTimeout(timer)
  }, [])
  return (
    <div className="loading" data-late={late || undefined}>
      <p className="unseen" role="status">
        {late ? `Loading ${what}` : ''}
      </p>
      {Array.from({ length: Math.min(lines, 20) }, (_, index) => (
        <div key={index} className="ghost" aria-hidden="true" />
      ))}
    </div>
  )
}

/** Nothing is there yet: what to do about it. `commands` can be copied. */
export const EmptyForEver = ({
  title,
  children,
  commands = [],
}: {
  title: string
  children?: ReactNode
  commands?: readonly string[]
}) => (
  <section className="state">
    <h2>{title}</h2>
    {children}
    {commands.map((command) => (
      <div key={command} className="command">
        <code>{command}</code>
        <CopyButton text={command} label="Copy the command" />
      </div>
    ))}
  </section>
)

/** Something is there, and the filter leaves nothing of it. */
export const EmptyByFilter = ({ filter, drop }: { filter: string; drop: () => void }) => (
  <section className="state">
    <h2>Nothing matches</h2>
    <p>The filter is: {filter}.</p>
    <button type="button" onClick={drop}>
      Show all
    </button>
  </section>
)

/**
 * Why something could not be read, with the request that the log has. `since`: when what stands below was read (epoch ms); it
 * stays.
 */
export function Failed({
  error,
  retry,
  since,
}: {
  error: unknown
  retry: () => void
  since?: number | undefined
}) {
  const now = useNow()
  const told = error instanceof ApiError ? error : undefined
  return (
    <section className="state state-bad">
      {/* without what gets older each second, or it would be heard each second */}
      <div className="state-words" role="alert">
        <h2>{titleOf(told)}</h2>
        <p>{error instanceof Error ? error.message : 'Something went wrong.'}</p>
        <p className="row">
          {told === undefined ? null : <code>{told.code}</code>}
          {told?.requestId === undefined ? null : (
            <>
              <span>
                request <code>{told.requestId}</code>
              </span>
              <CopyButton text={told.requestId} label="Copy the id of the request" />
            </>
          )}
        </p>
      </div>
      <div className="row">
        <button type="button" onClick={retry}>
          Retry
        </button>
        {since === undefined || since === 0 ? null : (
          <span className="muted">What is shown was read {ago(since, now)}.</span>
        )}
      </div>
    </section>
  )
}

function titleOf(error: ApiError | undefined): string {
  if (error === undefined) return 'This did not work'
  if (error.code === 'no-answer' || error.code === 'unreachable') return 'The producer does not answer'
  if (error.status === 429) return 'Too many requests'
  if (error.status === 409 || error.status === 412) return 'Somebody was faster'
  if (error.status === 413) return 'This is too large'
  return error.transient ? 'The producer cannot do this now' : 'This did not work'
}

/** What is no page, or belongs to another producer: both are told the same. */
export const NotFoundPage = () => (
  <section className="state">
    <h1>Nothing here</h1>
    <p>No page, batch or edit of this producer has this address.</p>
    <Link href="/">Back to the start</Link>
  </section>
)

/** What the key does not open. */
const ForbiddenPage = ({ error }: { error: ApiError }) => (
  <section className="state">
    <h1>Your key does not open this</h1>
    <p>{error.message}</p>
    <Link href="/">Back to the start</Link>
  </section>
)

/** What a query has come to, as far as pages need it. */
type Query<Data> = {
  data: Data | undefined
  error: unknown
  dataUpdatedAt: number
  refetch: () => unknown
}

/** A page of something that is read: loading, not there, not allowed, failed (above what was read before), or there. */
export function Read<Data>({
  query,
  what,
  lines,
  children,
}: {
  query: Query<Data>
  what: string
  lines?: number
  children: (data: Data) => ReactNode
}) {
  const { data, error, dataUpdatedAt, refetch } = query
  if (error instanceof ApiError && error.status === 404) return <NotFoundPage />
  if (error instanceof ApiError && error.status === 403) return <ForbiddenPage error={error} />
  const failed =
    error === null || error === undefined ? null : (
      <Failed error={error} retry={() => void refetch()} since={dataUpdatedAt} />
    )
  if (data === undefined) return failed ?? <Loading what={what} {...(lines === undefined ? {} : { lines })} />
  return (
    <>
      {failed}
      {children(data)}
    </>
  )
}
