import type { Edit, EditHistory } from '@restyle/client/types'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useLocation, useParams } from 'wouter'
import { api, names } from '../app/api.ts'
import { counted, money } from '../app/format.ts'
import { useEvery } from '../app/live.ts'
import { useKeys } from '../app/use-keys.ts'
import { useNameOfBatch } from '../ui/batch-name.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Facts } from '../ui/facts.tsx'
import { Modal } from '../ui/modal.tsx'
import { Read } from '../ui/states.tsx'
import { Table } from '../ui/table.tsx'
import { useListKeys } from '../ui/use-list-keys.tsx'
import { When } from '../ui/when.tsx'
import { Attempts } from '../ui/attempts.tsx'
import { Delivery } from './delivery.tsx'
import { isUnderWay } from './delivery-words.ts'
import { Images, SourceLine } from './images.tsx'
import { linesOf } from './story.ts'
import { VerdictSection } from './verdict-section.tsx'
import './edit.css'

const hasEnded = ({ state }: Edit): boolean => ['succeeded', 'failed', 'canceled'].includes(state)

/** What happened to one edit. */
export function EditPage() {
  const { id } = useParams<{ id: string }>()
  const every = useEvery()
  const edit = useQuery({
    queryKey: names.edit(id),
    queryFn: ({ signal }) => api.edits.read(id, { signal }),
    refetchInterval: ({ state: { data } }) => (data === undefined || hasEnded(data) ? false : every(5_000)),
  })
  const version = edit.data?.updatedAt
  const history = useQuery({
    queryKey: [...names.history(id), version],
    queryFn: ({ signal }) => api.edits.history(id, { signal }),
    enabled: version !== undefined,
    refetchInterval: ({ state: { data } }) => (isUnderWay(data?.delivery) ? every(5_000) : false),
    placeholderData: (before) => before,
  })
  const [raw, setRaw] = useState(false)
  useKeys({ 'show-raw': () => setRaw(true) })
  return (
    <div className="stack">
      <Read query={edit} what="the edit" lines={8}>
        {(read) => (
          <>
            <Head edit={read} showRaw={() => setRaw(true)} />
            <VerdictSection verdict={read.verdict} />
            <div className="edit-columns">
              <Asked edit={read} history={history.data} />
              <Images edit={read} history={history.data} />
            </div>
            <Read query={history} what="its story" lines={6}>
              {(story) => <Story story={story} />}
            </Read>
            <Takes edit={read} />
            <Raw open={raw} close={() => setRaw(false)} edit={read} history={history.data} />
          </>
        )}
      </Read>
    </div>
  )
}

function Head({ edit, showRaw }: { edit: Edit; showRaw: () => void }) {
  const { id, key, state, batch, row, take, redoOf, failure } = edit
  const name = useNameOfBatch(batch ?? '')
  return (
    <>
      <div className="page-head">
        <h1>
          <bdi>{key}</bdi>
        </h1>
        <span className="mark">{state}</span>
        <button type="button" onClick={showRaw}>
          JSON <kbd>v</kbd>
        </button>
      </div>
      <p className="row muted">
        <code>{id}</code>
        <CopyButton text={id} label="Copy the id of the edit" />
        {redoOf === undefined ? null : (
          <span>
            a redo of <Link href={`/edits/${redoOf}`}>{redoOf}</Link>
          </span>
        )}
        {batch === undefined || row === undefined ? null : (
          <span>
            row {row + 1} of{' '}
            <Link href={`/batches/${batch}`} title={batch}>
              <bdi>{name}</bdi>
            </Link>
            {take === undefined ? '' : `, take ${take}`} ·{' '}
            <Link href={`/batches/${batch}/gallery?row=${row + 1}`}>look at it in the gallery</Link>
          </span>
        )}
      </p>
      {failure === undefined ? null : (
        <section className="state state-bad" aria-label="Why it failed">
          <h2>
            <code>{failure.code}</code>
          </h2>
          <p>
            <bdi>{failure.message}</bdi>
          </p>
          <Link href={batch === undefined ? '/failures' : `/failures?batch=${batch}`}>
            What this means, and what to do
          </Link>
        </section>
      )}
      {state === 'review' ? (
        <p className="warn">
          It waits for a person: <Link href="/uncertain">decide it</Link>.
        </p>
      ) : null}
    </>
  )
}

function Asked({ edit, history }: { edit: Edit; history: EditHistory | undefined }) {
  const { prompt, model, request, metadata, taskId, cost, createdAt } = edit
  const spent = history?.money
  return (
    <section className="card stack" aria-label="What was asked for">
      <h2>Asked for</h2>
      <Facts
        facts={[
          ['Prompt', <bdi key="prompt">{prompt}</bdi>],
          ['Model', model],
          ...Object.entries(request)
            .filter(([name]) => name !== 'images')
            .map(([name, value]) => [name, <bdi key={name}>{String(value)}</bdi>] as const),
          ...request.images.map(
            (image, i) =>
              [`Source ${i + 1}`, <SourceLine key={image} edit={edit} at={i} address={image} />] as const,
          ),
          ...Object.entries(metadata ?? {}).map(
            ([name, value]) => [name, <bdi key={name}>{value}</bdi>] as const,
          ),
          ['Accepted', <When key="at" at={createdAt} />],
          ['Reserved', spent === undefined ? undefined : money(spent.reservedMicros, spent.currency)],
          ['Billed', money(cost.micros, cost.currency)],
          ['Counts on', spent?.day],
          ['Lane', history?.lane],
          ['Task', taskId === undefined ? undefined : <Copied key="task" text={taskId} what="task id" />],
          [
            'Event',
            history?.event === undefined ? undefined : (
              <Copied key="event" text={history.event} what="id of the event" />
            ),
          ],
          [
            'Trace',
            history?.traceparent === undefined ? undefined : (
              <Copied key="trace" text={history.traceparent} what="trace" />
            ),
          ],
        ]}
      />
    </section>
  )
}

const Copied = ({ text, what }: { text: string; what: string }) => (
  <span className="row">
    <code>{text}</code>
    <CopyButton text={text} label={`Copy the ${what}`} />
  </span>
)

function Story({ story }: { story: EditHistory }) {
  return (
    <>
      <section className="card stack" aria-label="What happened">
        <h2>What happened</h2>
        <ol className="timeline">
          {linesOf(story.steps).map(({ key, at, words, attempt, after }) => (
            <li key={key}>
              <When at={at} />
              <span>
                <bdi>{words}</bdi>
                {attempt === undefined ? '' : `, attempt ${attempt}`}
                {after === undefined ? null : <span className="muted"> after {after}</span>}
              </span>
            </li>
          ))}
        </ol>
        {story.waits?.map(({ what, why, times, since }) => (
          <p key={what} className="warn">
            {counted(times, 'time')}: {what}
            {why === undefined ? '' : ` (${why})`}
            {since === undefined ? null : (
              <>
                {' '}
                since <When at={since} />
              </>
            )}
          </p>
        ))}
        <p className="muted">Single questions about its task are not kept.</p>
      </section>
      <Delivery story={story} />
      <Attempts history={story} />
    </>
  )
}

/** All edits that its row had, and all redos, if there are several. */
function Takes({ edit }: { edit: Edit }) {
  const query = useQuery({
    queryKey: names.takes(edit.id),
    queryFn: ({ signal }) => api.edits.takes(edit.id, { signal }),
  })
  const takes = query.data ?? []
  const numberOf = (id: string) => takes.findIndex((take) => take.id === id) + 1
  const [, go] = useLocation()
  const { active = edit.id, said } = useListKeys({
    rows: takes,
    keyOf: ({ id }) => id,
    nameOf: ({ id }) => `take ${numberOf(id)}`,
    open: ({ id }) => go(`/edits/${id}`),
  })
  return takes.length < 2 ? null : (
    <section className="stack" aria-label="Takes">
      <h2>Takes</h2>
      <Table
        caption="Takes, the oldest first"
        rows={takes}
        keyOf={({ id }) => id}
        active={active}
        columns={[
          {
            name: 'Take',
            cell: ({ id, redoOf }) => (
              <>
                <Link href={`/edits/${id}`}>take {numberOf(id)}</Link>
                {redoOf === undefined ? '' : ', a redo'}
              </>
            ),
          },
          { name: 'State', cell: ({ state }) => state },
          { name: 'Prompt', cell: ({ prompt }) => <bdi>{prompt}</bdi>, rank: 1 },
          { name: 'Billed', numeric: true, cell: ({ cost }) => money(cost.micros, cost.currency) },
          { name: 'Changed', numeric: true, cell: ({ updatedAt }) => <When at={updatedAt} /> },
        ]}
      />
      {said}
    </section>
  )
}

function Raw({
  open,
  close,
  edit,
  history,
}: {
  open: boolean
  close: () => void
  edit: Edit
  history: EditHistory | undefined
}) {
  const text = JSON.stringify({ edit, history }, undefined, 2)
  return (
    <Modal open={open} title="The edit as the API tells it" close={close} wide>
      <div className="row">
        <CopyButton text={text} label="Copy the JSON" />
      </div>
      <textarea className="raw" rows={24} readOnly aria-label="JSON of the edit" value={text} />
    </Modal>
  )
}
