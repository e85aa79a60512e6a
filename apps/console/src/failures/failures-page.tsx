import type { Failures, FailureSum } from '@restyle/client/types'
import { useQuery } from '@tanstack/react-query'
import { Link, useLocation, useSearchParams } from 'wouter'
import { api, names } from '../app/api.ts'
import { count, counted, money } from '../app/format.ts'
import { quoted } from '../app/quoted.ts'
import { useNow } from '../app/use-now.ts'
import { useNameOfBatch } from '../ui/batch-name.tsx'
import { remedyWords, sentence } from '../ui/failure-words.ts'
import { Retry } from '../ui/retry.tsx'
import { EmptyByFilter, EmptyForEver, Read } from '../ui/states.tsx'
import { useListKeys } from '../ui/use-list-keys.tsx'
import { When } from '../ui/when.tsx'
import { orderFailures, sinceOf, type SpanName, spanOf, spans } from './order-failures.ts'
import { Sparkline } from './sparkline.tsx'
import { WaitingLanes } from './waiting-lanes.tsx'
import './failures.css'

/** What failed, by code, and what to do about it. */
export function FailuresPage() {
  const [params, setParams] = useSearchParams()
  const span = spanOf(params.get('since'))
  const batch = params.get('batch') ?? undefined
  const name = useNameOfBatch(batch ?? '')
  const since = sinceOf(span, useNow(60_000))
  const query = useQuery({
    queryKey: names.failures({ since, batch }),
    queryFn: ({ signal }) =>
      api.find.failures({
        signal,
        ...(since === undefined ? {} : { since }),
        ...(batch === undefined ? {} : { batch }),
      }),
    placeholderData: (before) => before,
  })
  const set = (name: string, value: string | undefined) =>
    setParams(
      (old) => {
        if (value === undefined) old.delete(name)
        else old.set(name, value)
        return old
      },
      { replace: true },
    )
  return (
    <div className="stack">
      <div className="page-head">
        <h1>Failures</h1>
        <SpanChoice span={span} choose={(value) => set('since', value)} />
      </div>
      {batch === undefined ? null : (
        <p className="row">
          Of batch{' '}
          <Link href={`/batches/${batch}`}>
            <bdi>{name}</bdi>
          </Link>{' '}
          alone {name === batch ? null : <code className="muted">{batch}</code>}
          <button type="button" onClick={() => set('batch', undefined)}>
            Show all batches
          </button>
        </p>
      )}
      <Read query={query} what="failures" lines={4}>
        {({ failures, hoursFrom, looked, bounded }) => (
          <>
            {failures.length === 0 ? (
              span === 'all' && batch === undefined ? (
                <EmptyForEver title="Nothing has failed" />
              ) : (
                <EmptyByFilter
                  filter={[name, spans.find(({ name }) => name === span)?.word].filter(Boolean).join(', ')}
                  drop={() => setParams(new URLSearchParams())}
                />
              )
            ) : (
              <Sections
                failures={failures}
                hoursFrom={hoursFrom}
                isBounded={bounded === true}
                batch={batch}
              />
            )}
            <Looked looked={looked} bounded={bounded} />
          </>
        )}
      </Read>
      {batch === undefined ? <WaitingLanes /> : null}
    </div>
  )
}

const Looked = ({ looked, bounded }: { looked: Failures['looked']; bounded: true | undefined }) => (
  <p className="muted">
    Counted over {counted(looked.batches, 'batch', 'batches')}; times, hours, money and examples are of the
    newest {counted(looked.edits, 'failed edit')}.
    {bounded === true ? ' There is more that was not looked at.' : ''}
  </p>
)

const SpanChoice = ({ span, choose }: { span: SpanName; choose: (span: string | undefined) => void }) => (
  <label className="row">
    Of
    <select value={span} onChange={({ target }) => choose(target.value === 'all' ? undefined : target.value)}>
      {spans.map(({ name, word }) => (
        <option key={name} value={name}>
          {word}
        </option>
      ))}
    </select>
  </label>
)

/** What is the same of all codes. */
type Of = { batch: string | undefined; hoursFrom: string; isBounded: boolean }

function Sections({ failures, ...of }: Of & { failures: readonly FailureSum[] }) {
  const { act, again } = orderFailures(failures)
  const [, go] = useLocation()
  const { active, said } = useListKeys({
    rows: [...act, ...again],
    keyOf: ({ code }) => code,
    nameOf: ({ code, edits }) => `${code}, ${counted(edits, 'edit')}`,
    open: ({ code }) => go(editsWith(code, of.batch)),
  })
  return (
    <>
      {said}
      {act.length === 0 ? null : (
        <section className="stack" aria-label="Needs somebody">
          <h2>Needs somebody</h2>
          {act.map((failure) => (
            <FailureCard key={failure.code} failure={failure} isActive={failure.code === active} {...of} />
          ))}
        </section>
      )}
      {again.length === 0 ? null : (
        <details className="stack" open={act.length === 0 || again.some(({ code }) => code === active)}>
          <summary>
            May pass when it is tried again: {counted(again.length, 'code')},{' '}
            {counted(
              again.reduce((sum, { edits }) => sum + edits, 0),
              'edit',
            )}
          </summary>
          <div className="stack failures-folded">
            {again.map((failure) => (
              <FailureCard key={failure.code} failure={failure} isActive={failure.code === active} {...of} />
            ))}
          </div>
        </details>
      )}
    </>
  )
}

/** Where the edits are that failed with a code. */
const editsWith = (code: string, batch: string | undefined): string =>
  `/search?q=${encodeURIComponent(`code:${quoted(code)}${batch === undefined ? '' : ` batch:${batch}`}`)}`

function FailureCard(props: Of & { failure: FailureSum; isActive: boolean }) {
  const { failure, isActive, batch, hoursFrom, isBounded } = props
  const { code, edits, batches, isKnown, meaning, whatWeDid, whatYouCanDo, retry } = failure
  const { example, lastAt, hours, billed } = failure
  return (
    <article
      className="card failure"
      aria-label={code}
      data-key={code}
      aria-current={isActive ? 'true' : undefined}
    >
      <header className="row">
        <h3>
          <code>{code}</code>
        </h3>
        {isKnown ? null : <span className="mark">not in the table</span>}
        <span className="number">{counted(edits, 'edit')}</span>
        {batches === 0 ? null : <span className="muted">in {counted(batches, 'batch', 'batches')}</span>}
        {lastAt === undefined ? null : (
          <span className="muted">
            last <When at={lastAt} since />
          </span>
        )}
        <span className="mark">{remedyWords[retry]}</span>
      </header>
      {hours === undefined ? null : <Sparkline counts={hours} from={hoursFrom} isBounded={isBounded} />}
      <p>{sentence(meaning)}</p>
      <dl className="failure-words">
        <dt>What we did</dt>
        <dd>{whatWeDid}</dd>
        <dt>What you can do</dt>
        <dd>{whatYouCanDo}</dd>
        <dt>Money</dt>
        <dd className={billed.length === 0 ? undefined : 'bad'}>
          {billed.length === 0
            ? 'Not billed, as far as it was looked at.'
            : `Billed for nothing: ${billed.map(({ currency, micros }) => money(micros, currency)).join(', ')}.`}
        </dd>
        {example === undefined ? null : (
          <>
            <dt>The newest</dt>
            <dd>
              <Link href={`/edits/${example.id}`}>
                <bdi>{example.key}</bdi>
              </Link>
              : <bdi>{example.message}</bdi>
            </dd>
          </>
        )}
      </dl>
      <div className="row">
        <Link className="button" href={editsWith(code, batch)}>
          See {edits === 1 ? 'it' : `all ${count(edits)}`}
        </Link>
        <Retry failure={failure} batch={batch} />
      </div>
    </article>
  )
}
