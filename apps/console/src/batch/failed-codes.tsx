import type { Batch, BatchMap, FailureSum } from '@restyle/client/types'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { api, names } from '../app/api.ts'
import { count } from '../app/format.ts'
import { remedyWords, sentence } from '../ui/failure-words.ts'
import { Retry } from '../ui/retry.tsx'
import { type Column, Table } from '../ui/table.tsx'
import { type CodeRow, codeRows } from './code-rows.ts'

/** Rows that failed, by the code of their newest edit, the most frequent first: what each means, and what to do about it. */
export function FailedCodes({ batch, planes }: { batch: Batch; planes: BatchMap | undefined }) {
  const { failed } = batch.counts
  const rows = failed === 0 || planes === undefined ? [] : codeRows(batch.codes ?? [], planes.code)
  const told = useQuery({
    // what they mean is asked again where another code is there
    queryKey: [...names.failures({ batch: batch.id }), batch.codes?.length ?? 0],
    queryFn: ({ signal }) => api.find.failures({ signal, batch: batch.id }),
    enabled: failed > 0,
    placeholderData: (before) => before,
  })
  if (failed === 0) return null
  const failureOf = (code: string) => told.data?.failures.find((each) => each.code === code)
  return (
    <section className="card stack" aria-labelledby="failures-of-batch">
      <div className="row">
        <h2 id="failures-of-batch">Failed: {count(failed)}</h2>
        <ExportLinks id={batch.id} />
      </div>
      {rows.length === 0 ? null : (
        <Table
          caption="Failures by code"
          columns={columnsOf(batch.id, failureOf)}
          rows={rows}
          keyOf={({ code }) => code}
        />
      )}
      <p>
        <Link href={`/failures?batch=${batch.id}`}>When they failed, and what was billed</Link>;{' '}
        <code>pnpm restyle retry {batch.id}</code> tries all of them once more.
      </p>
    </section>
  )
}

const columnsOf = (
  batch: string,
  failureOf: (code: string) => FailureSum | undefined,
): readonly Column<CodeRow>[] => [
  {
    name: 'Code',
    cell: ({ code }) => {
      const failure = failureOf(code)
      return (
        <>
          <code>{code}</code>
          {failure === undefined ? null : <div className="muted">{sentence(failure.meaning)}</div>}
        </>
      )
    },
  },
  { name: 'Rows', numeric: true, cell: ({ rows }) => count(rows) },
  {
    name: 'What to do',
    cell: ({ code }) => {
      const failure = failureOf(code)
      return (
        <div className="stack tight">
          {failure === undefined ? null : (
            <div>
              <strong>{remedyWords[failure.retry]}.</strong> {failure.whatYouCanDo}
            </div>
          )}
          <div className="row">
            <Link href={`/batches/${batch}/gallery?code=${encodeURIComponent(code)}`}>
              See them<span className="unseen"> with {code}</span>
            </Link>
            {failure === undefined ? null : <Retry failure={failure} batch={batch} />}
          </div>
        </div>
      )
    },
  },
]

/** Files that the browser saves while they are made. */
function ExportLinks({ id }: { id: string }) {
  const address = `/v1/batches/${encodeURIComponent(id)}/results?state=failed&format=`
  return (
    <span>
      Export these rows:{' '}
      <a href={`${address}csv`} aria-label="Export the failed rows as CSV" download>
        CSV
      </a>
      {', '}
      <a href={`${address}jsonl`} aria-label="Export the failed rows as JSON lines" download>
        JSON lines
      </a>
    </span>
  )
}
