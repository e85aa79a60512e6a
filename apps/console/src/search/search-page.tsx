import type { Batch, Edit } from '@restyle/client/types'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useLocation, useSearchParams } from 'wouter'
import { api, names } from '../app/api.ts'
import { count, counted } from '../app/format.ts'
import { BatchName, useBatchName, useNameOfBatch } from '../ui/batch-name.tsx'
import { termsOf } from '../rows/row-line.ts'
import { partsOf } from '../ui/parts.ts'
import { ProgressBar } from '../ui/progress-bar.tsx'
import { EmptyForEver, Read } from '../ui/states.tsx'
import { type Column, Table } from '../ui/table.tsx'
import { useListKeys } from '../ui/use-list-keys.tsx'
import { When } from '../ui/when.tsx'
import { type Match, matchOf, type Piece } from './matched.ts'
import { qualifiers } from './suggest.ts'
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
            <Hits line={line} batches={batches} edits={edits} />
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

/** What one line has found: batches, then edits by batch in the order in which they were found. Keys go through all of it. */
function Hits({ line, batches, edits }: { line: string; batches: readonly Batch[]; edits: readonly Edit[] }) {
  const [, go] = useLocation()
  const nameOf = useBatchName()
  const groups = [...Map.groupBy(edits, ({ batch }) => batch ?? '')]
  const { active, said } = useListKeys({
    rows: [
      ...batches.map((batch) => ({ id: batch.id, name: nameOf(batch), to: `/batches/${batch.id}` })),
      ...groups.flatMap(([, group]) => group.map(({ id, key }) => ({ id, name: key, to: `/edits/${id}` }))),
    ],
    keyOf: ({ id }) => id,
    nameOf: ({ name }) => name,
    open: ({ to }) => go(to),
  })
  const terms = termsOf(line) ?? []
  return (
    <>
      {batches.length === 0 ? null : (
        <Table
          caption="Batches"
          columns={batchColumns}
          rows={batches}
          keyOf={({ id }) => id}
          active={active}
        />
      )}
      {groups.map(([batch, group], place) => (
        <Group
          key={batch}
          batch={batch}
          isNamed={place < mostNamed}
          found={group.map((edit) => ({ edit, match: matchOf(edit, terms) }))}
          active={active}
        />
      ))}
      {said}
    </>
  )
}

/** Groups whose batches are read for their names; the others have their ids. */
const mostNamed = 30

type FoundEdit = { edit: Edit; match: Match }

function Group(props: {
  batch: string
  isNamed: boolean
  found: readonly FoundEdit[]
  active: string | undefined
}) {
  const { batch, isNamed, found, active } = props
  const name = useNameOfBatch(batch, isNamed)
  const called = batch === '' ? 'Single edits' : name
  return (
    <section className="stack" aria-label={batch === '' ? called : `Batch ${called}`}>
      <h2>
        {batch === '' ? (
          called
        ) : (
          <Link href={`/batches/${batch}`}>
            <bdi>{called}</bdi>
          </Link>
        )}{' '}
        <span className="muted">{count(found.length)}</span>
        {called === batch || batch === '' ? null : <code className="muted batch-id">{batch}</code>}
      </h2>
      <Table
        caption={batch === '' ? called : `Edits of ${called}`}
        columns={editColumns}
        rows={found}
        keyOf={({ edit }) => edit.id}
        active={active}
      />
    </section>
  )
}

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

const editColumns: readonly Column<FoundEdit>[] = [
  {
    name: 'Key',
    cell: ({ edit, match }) => (
      <Link href={`/edits/${edit.id}`} className="clamp">
        <Marked pieces={match.key} />
      </Link>
    ),
  },
  {
    name: 'State',
    cell: ({ edit: { state, failure, verdict } }) => (
      <State state={state} more={failure?.code ?? verdict?.verdict} />
    ),
  },
  {
    name: 'Prompt',
    cell: ({ match }) => <Marked pieces={match.prompt} />,
  },
  { name: 'Found by', rank: 1, cell: ({ match }) => match.by.join(', ') },
  { name: 'Changed', numeric: true, cell: ({ edit }) => <When at={edit.updatedAt} /> },
]

const Marked = ({ pieces }: { pieces: readonly Piece[] }) => (
  <bdi>
    {pieces.map(({ text, isMatch }, place) =>
      isMatch ? <mark key={`${place} ${text}`}>{text}</mark> : text,
    )}
  </bdi>
)

/** `more`: the code of its failure, or what was decided on it. */
const State = ({ state, more }: { state: string; more: string | undefined }) => (
  <>
    <span className="number">{state}</span>
    {more === undefined ? null : `: ${more}`}
  </>
)
