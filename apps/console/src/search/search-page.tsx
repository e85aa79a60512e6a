import type { Batch, Edit } from '@restyle/client/types'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useLocation, useSearchParams } from 'wouter'
import { api, names } from '../app/api.ts'
import { count, counted } from '../app/format.ts'
import { BatchName, useBatchName } from '../ui/batch-name.tsx'
import { partsOf } from '../ui/parts.ts'
import { ProgressBar } from '../ui/progress-bar.tsx'
import { EmptyForEver, Read } from '../ui/states.tsx'
import { type Column, Table } from '../ui/table.tsx'
import { When } from '../ui/when.tsx'
import { qualifiers, suggest } from './suggest.ts'
import './search.css'

/** Batches and edits by one line. */
export function SearchPage() {
  const [params] = useSearchParams()
  const line = params.get('q')?.trim() ?? ''
  return (
    <div className="stack">
      <div className="page-head">
        <h1>Search</h1>
      </div>
      <Suggestions line={line} />
      {line === '' ? (
        <EmptyForEver title="Say what to look for">
          <p>
            Words are the beginning of a key, a part of a batch&rsquo;s name, or an id. Qualifiers narrow:
          </p>
          <ul>
            {qualifiers.map(({ name, means }) => (
              <li key={name}>
                <code>{name}:</code> {means}
              </li>
            ))}
          </ul>
        </EmptyForEver>
      ) : (
        <Found line={line} />
      )}
    </div>
  )
}

function Suggestions({ line }: { line: string }) {
  const [, go] = useLocation()
  const offered = suggest(line)
  return offered.length === 0 ? null : (
    <ul className="suggestions" aria-label="What can be added to the search">
      {offered.map(({ label, line: next }) => (
        <li key={label}>
          <button
            type="button"
            onClick={() => {
              // a qualifier alone is not searched yet: the line goes on in the bar
              go(`/search?q=${encodeURIComponent(next)}`, { replace: true })
              document.querySelector<HTMLInputElement>('.search-box input')?.focus()
            }}
          >
            {label}
          </button>
        </li>
      ))}
    </ul>
  )
}

function Found({ line }: { line: string }) {
  const unfinished = /(^|\s)[a-z]+:$/i.test(line)
  const query = useInfiniteQuery({
    queryKey: names.search(line),
    queryFn: async ({ pageParam, signal }) =>
      api.find.search(line, { signal, ...(pageParam === '' ? {} : { cursor: pageParam }) }),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    enabled: !unfinished,
  })
  if (unfinished) return <p className="muted">Write what comes after the colon, and press Enter.</p>
  return (
    <Read query={query} what="what was found" lines={5}>
      {({ pages }) => {
        const batches = pages.flatMap((page) => page.batches)
        const edits = pages.flatMap((page) => page.edits)
        const looked = pages.reduce((sum, page) => sum + page.looked, 0)
        const cut = pages.at(-1)?.bounded === true
        return (
          <div className="hits">
            <p role="status">
              {counted(batches.length, 'batch', 'batches')} and {counted(edits.length, 'edit')} found; looked
              at {counted(looked, 'edit')}.{' '}
              {cut
                ? 'There is more that was not looked at: search on, or narrow it with a qualifier.'
                : 'That is all.'}
            </p>
            {batches.length === 0 ? null : (
              <Table caption="Batches" columns={batchColumns} rows={batches} keyOf={({ id }) => id} />
            )}
            <Groups edits={edits} />
            {query.hasNextPage ? (
              <div>
                <button
                  type="button"
                  aria-disabled={query.isFetchingNextPage || undefined}
                  onClick={() => void query.fetchNextPage()}
                >
                  {query.isFetchingNextPage ? 'Searching…' : 'Search further back'}
                </button>
              </div>
            ) : null}
          </div>
        )
      }}
    </Read>
  )
}

/** By batch, in the order in which they were found. */
const Groups = ({ edits }: { edits: readonly Edit[] }) =>
  [...Map.groupBy(edits, ({ batch }) => batch ?? '')].map(([batch, group]) => (
    <section key={batch} className="stack" aria-label={batch === '' ? 'Single edits' : `Batch ${batch}`}>
      <h2>
        {batch === '' ? 'Single edits' : <Link href={`/batches/${batch}`}>{batch}</Link>}{' '}
        <span className="muted">{count(group.length)}</span>
      </h2>
      <Table
        caption={batch === '' ? 'Single edits' : `Edits of ${batch}`}
        columns={editColumns}
        rows={group}
        keyOf={({ id }) => id}
      />
    </section>
  ))

function Progress({ batch }: { batch: Batch }) {
  const nameOf = useBatchName()
  return <ProgressBar label={`Progress of ${nameOf(batch)}`} parts={partsOf(batch.counts)} />
}

const batchColumns: readonly Column<Batch>[] = [
  {
    name: 'Batch',
    cell: (batch) => (
      <Link href={`/batches/${batch.id}`}>
        <BatchName batch={batch} />
      </Link>
    ),
  },
  {
    name: 'Progress',
    cell: (batch) => <Progress batch={batch} />,
  },
  { name: 'Rows', numeric: true, cell: ({ total }) => count(total) },
  { name: 'Opened', numeric: true, cell: ({ createdAt }) => <When at={createdAt} /> },
]

const editColumns: readonly Column<Edit>[] = [
  {
    name: 'Key',
    cell: ({ id, key }) => (
      <Link href={`/edits/${id}`} className="clamp">
        <bdi>{key}</bdi>
      </Link>
    ),
  },
  {
    name: 'State',
    cell: ({ state, failure, verdict }) => <State state={state} more={failure?.code ?? verdict?.verdict} />,
  },
  {
    name: 'Prompt',
    rank: 1,
    cell: ({ prompt }) => (
      <span className="clamp">
        <bdi>{prompt}</bdi>
      </span>
    ),
  },
  { name: 'Changed', numeric: true, cell: ({ updatedAt }) => <When at={updatedAt} /> },
]

/** `more`: the code of its failure, or what was decided on it. */
const State = ({ state, more }: { state: string; more: string | undefined }) => (
  <>
    <span className="number">{state}</span>
    {more === undefined ? null : `: ${more}`}
  </>
)
