import { ApiError } from '@restyle/client/api-error'
import type { Batch } from '@restyle/client/types'
import { Link, useLocation, useParams, useSearchParams } from 'wouter'
import { count, moment } from '../app/format.ts'
import { usePreferences } from '../app/preferences.ts'
import { useBatch } from '../app/use-batch.ts'
import { useKeys } from '../app/use-keys.ts'
import { useNow } from '../app/use-now.ts'
import { useBatchMap } from '../rows/use-batch-map.ts'
import { ActionButton } from '../ui/action-button.tsx'
import { Announcer } from '../ui/announcer.tsx'
import { isPaused, useBatchActions } from '../ui/batch-actions.tsx'
import { useBatchName } from '../ui/batch-name.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { outlookOf, withTimes } from '../ui/outlook.ts'
import { partsOf } from '../ui/parts.ts'
import { Legend, ProgressBar } from '../ui/progress-bar.tsx'
import { Failed, Loading, Read } from '../ui/states.tsx'
import { toReview } from '../ui/to-review.ts'
import { BatchMoney } from './batch-money.tsx'
import { FailedCodes } from './failed-codes.tsx'
import { expiryWords } from './money-end.ts'
import { RaiseBudget } from './raise-budget.tsx'
import { RowMap } from './row-map.tsx'
import '../ui/facts.css'
import './batch-page.css'

/** One batch: how far it is, what it waits for, what it costs, and where to look. */
export function BatchPage() {
  const { id } = useParams<{ id: string }>()
  return (
    <Read query={useBatch(id)} what="the batch" lines={4}>
      {(batch) => <BatchView batch={batch} />}
    </Read>
  )
}

function BatchView({ batch }: { batch: Batch }) {
  const actions = useBatchActions()
  const nameOf = useBatchName()
  const [, go] = useLocation()
  const raise = useRaise()
  const gallery = `/batches/${batch.id}/gallery`
  useKeys({
    'list-review': () => go(gallery),
    'list-pause': () => actions.toggle(batch),
    'list-cancel': () => actions.askCancel(batch),
  })
  const waiting = toReview(batch)
  const ended = batch.completedAt !== undefined
  const refusal = ended ? 'The batch has ended.' : actions.refusal
  return (
    <>
      <div className="page-head">
        <div>
          <h1 dir="auto">{nameOf(batch)}</h1>
          <p className="row muted">
            <code>{batch.id}</code>
            <CopyButton text={batch.id} label="Copy the id of the batch" />
          </p>
        </div>
        <div className="row">
          {waiting === 0 ? null : (
            <Link href={`${gallery}?state=succeeded&verdict=none`} className="button primary">
              Review {count(waiting)}
            </Link>
          )}
          <Link href={gallery} className={waiting === 0 ? 'button primary' : 'button'}>
            Look at the pictures
          </Link>
          <ActionButton act={() => actions.toggle(batch)} refusal={refusal} keys="p">
            {isPaused(batch) ? 'Resume' : 'Pause'}
          </ActionButton>
          <ActionButton act={() => actions.askCancel(batch)} refusal={refusal} kind="danger" keys="c">
            Cancel…
          </ActionButton>
        </div>
      </div>
      <Announcer batches={[batch]} />
      <div className="stack">
        <section className="card stack" aria-label="Progress">
          <ProgressBar label={`Progress of ${nameOf(batch)}`} parts={partsOf(batch.counts)} />
          <Legend parts={partsOf(batch.counts)} />
          <End batch={batch} />
        </section>
        <div className="batch-columns">
          <Rows batch={batch} go={(row) => go(`${gallery}?row=${row}`)} />
          <div className="stack">
            <BatchMoney batch={batch} refusal={actions.refusal} askRaise={raise.ask} />
            <Facts batch={batch} />
          </div>
        </div>
      </div>
      {actions.dialog}
      {raise.isAsked && !ended && actions.refusal === undefined ? (
        <RaiseBudget batch={batch} close={raise.close} />
      ) : null}
    </>
  )
}

/** Whether the address asks to raise the budget: the list of batches leads here. */
function useRaise() {
  const [params, setParams] = useSearchParams()
  const set = (value: string | undefined) =>
    setParams(
      (old) => {
        if (value === undefined) old.delete('raise')
        else old.set('raise', value)
        return old
      },
      { replace: true },
    )
  return {
    isAsked: params.get('raise') === 'budget',
    ask: () => set('budget'),
    close: () => set(undefined),
  }
}

/** When it ends, with the reason, and why it stands still where it does. */
function End({ batch }: { batch: Batch }) {
  const now = useNow(15_000)
  const { zone } = usePreferences()
  const { words, why, late } = outlookOf(batch, now, zone)
  const { stops = [], waitsFor } = batch
  return (
    <div className="stack tight">
      <p className="batch-end">
        {batch.completedAt === undefined ? 'Done: ' : ''}
        <strong>{words}</strong>
        {late ? <span className="warn"> (later than it should be)</span> : null}
      </p>
      {why === '' ? null : <p className="muted">{why}</p>}
      {stops.map(({ reason, detail, until }) => (
        <p key={reason} className="warn">
          <span aria-hidden="true">‖ </span>
          {reason === 'person'
            ? 'Paused by a person.'
            : `Stopped for its ${reason}: ${withTimes(detail ?? '', (time) => moment(time, now, zone))}`}
          {until === undefined ? '' : ` It goes on ${moment(until, now, zone)}.`}
        </p>
      ))}
      {waitsFor?.met === undefined ? null : (
        <p className="warn">
          Last met <code>{waitsFor.met.code}</code>: {waitsFor.met.message}
        </p>
      )}
    </div>
  )
}

function Rows({ batch, go }: { batch: Batch; go: (row: number) => void }) {
  const map = useBatchMap(batch.id)
  const { data, error, refetch, dataUpdatedAt } = map
  // an older producer has none: the page does without
  const missing = error instanceof ApiError && error.status === 404
  return (
    <div className="stack">
      {missing ? null : (
        <section className="card stack" aria-labelledby="rows-of-batch">
          <h2 id="rows-of-batch">Rows</h2>
          {error === null ? null : (
            <Failed error={error} retry={() => void refetch()} since={dataUpdatedAt} />
          )}
          {data === undefined && error === null ? <Loading what="the rows" lines={2} /> : null}
          {data === undefined || data.rows === 0 ? null : <RowMap planes={data} open={go} />}
          {data?.rows === 0 ? <p className="muted">No rows have come yet.</p> : null}
        </section>
      )}
      <FailedCodes batch={batch} planes={data} />
    </div>
  )
}

function Facts({ batch }: { batch: Batch }) {
  const now = useNow(60_000)
  const { zone } = usePreferences()
  const facts = [
    ['Rows', `${count(batch.total)}${batch.open === true ? ', and more may come' : ''}`],
    ['Catalog', batch.catalog],
    ['Schedule', batch.schedule?.name],
    ['Priority', String(batch.priority)],
    ['Opened', moment(batch.createdAt, now, zone)],
    ['Should be done', batch.finishBy === undefined ? undefined : moment(batch.finishBy, now, zone)],
    // DashScope drops an image when its address ends, be it stored or not
    [
      'First expiry',
      batch.firstExpiry === undefined
        ? undefined
        : `${expiryWords(batch.firstExpiry, now, zone)}, of an image that is not in the bucket yet`,
    ],
  ] as const
  return (
    <section className="card stack tight" aria-labelledby="facts-of-batch">
      <h2 id="facts-of-batch">About it</h2>
      <dl className="facts">
        {facts.map(([name, value]) =>
          value === undefined ? null : (
            <div key={name}>
              <dt>{name}</dt>
              <dd dir="auto">{value}</dd>
            </div>
          ),
        )}
      </dl>
    </section>
  )
}
