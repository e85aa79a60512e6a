import type { FailureSum } from '@restyle/client/types'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, names } from '../app/api.ts'
import { firstOf } from '../app/first-of.ts'
import { counted } from '../app/format.ts'
import { quoted } from '../app/quoted.ts'
import { useRefusal } from '../app/session.tsx'
import { ActionButton } from './action-button.tsx'
import { Confirm } from './confirm.tsx'
import { useBatchName } from './batch-name.tsx'
import { PriceBox } from './price-box.tsx'
import { budgetLeft } from './price-words.ts'
import { pricedParts } from './priced-parts.ts'
import { reasonOf } from './toasts.tsx'
import { useAct } from './use-act.ts'

/** Batches that are offered; older ones are found by the search. */
const mostBatches = 50
/** Rows that are looked at for the price: the API's largest page. */
const mostLookedAt = 200

/** Tries the rows of one batch that failed with a code once more, after it has said how many these are and what that costs. */
export function Retry({ failure, batch }: { failure: FailureSum; batch: string | undefined }) {
  const refusal = useRefusal('edits:write')
  const [asking, setAsking] = useState(false)
  const single =
    failure.batches === 0 ? 'Only rows of batches are retried: enqueue single edits again.' : undefined
  return (
    <>
      <ActionButton refusal={refusal ?? single} act={() => setAsking(true)}>
        Retry…
      </ActionButton>
      {asking ? <Question failure={failure} of={batch} close={() => setAsking(false)} /> : null}
    </>
  )
}

/** `of`: the batch that the page is about. */
function Question(props: { failure: FailureSum; of: string | undefined; close: () => void }) {
  const { failure, of, close } = props
  const { code } = failure
  const { act, busy } = useAct(['failures'])
  const nameOf = useBatchName()
  const [chosen, setChosen] = useState(of)
  const [prompt, setPrompt] = useState('')
  const batches = useBatchesOf(code, of === undefined)
  const batch = chosen ?? batches.data?.[0]?.id
  const rows = useRowsOf(code, batch)
  const ready = !busy && batch !== undefined && rows.data !== undefined && rows.data > 0
  const retry = () => {
    if (!ready) return
    const request = { codes: [code], ...(prompt.trim() === '' ? {} : { prompt }) }
    act({
      call: () => api.batches.retry(batch, request),
      said: `Tried once more: ${counted(rows.data, 'row')}.`,
      done: close,
    })
  }
  return (
    <Confirm
      open
      title={`Retry what failed with ${code}`}
      verb={ready ? `Retry ${counted(rows.data, 'row')}` : 'Retry'}
      isReady={ready}
      close={close}
      act={retry}
    >
      {of === undefined && batches.data !== undefined ? (
        <label className="stack">
          Batch
          <select value={batch} onChange={({ target }) => setChosen(target.value)}>
            {batches.data.map((each) => (
              <option key={each.id} value={each.id}>
                {nameOf(each)}
              </option>
            ))}
          </select>
        </label>
      ) : null}
      <HowMany rows={rows.data} error={batches.error ?? rows.error} />
      {batch !== undefined && rows.data !== undefined && rows.data > 0 ? (
        <Price code={code} batch={batch} rows={rows.data} />
      ) : null}
      <p className="muted">{failure.whatYouCanDo}</p>
      <label className="stack">
        Another prompt for these rows (empty: each keeps its own)
        <textarea rows={3} value={prompt} onChange={({ target }) => setPrompt(target.value)} />
      </label>
    </Confirm>
  )
}

function HowMany({ rows, error }: { rows: number | undefined; error: unknown }) {
  if (error !== null)
    return (
      <p className="bad" role="alert">
        {reasonOf(error)}
      </p>
    )
  if (rows === undefined) return <p role="status">Counting…</p>
  return (
    <p role="status">
      <strong>{counted(rows, 'row')}</strong> of this batch failed with it.{' '}
      {rows === 0 ? '' : 'Each gets another edit, whose images are billed like any other.'}
    </p>
  )
}

/** What the retry costs, as far as some of its rows tell, and what is left of the budget and of the caps. */
function Price({ code, batch, rows }: { code: string; batch: string; rows: number }) {
  const { data, error } = useQuery({
    queryKey: [...names.failures({ batch, code }), 'price', rows],
    queryFn: async ({ signal }) => {
      const line = `code:${quoted(code)} batch:${batch}`
      const { edits } = await api.find.search(line, { signal, limit: mostLookedAt })
      const { parts, isExact } = pricedParts(edits, rows)
      if (parts.length === 0) return null
      const [price, of] = await Promise.all([
        api.forecasts.ask({ rows: parts }, { signal }),
        api.batches.read(batch, { signal }),
      ])
      return { price: { ...price, left: [...budgetLeft(of), ...price.left] }, isExact }
    },
  })
  return (
    <PriceBox
      price={data === null ? null : data?.price}
      error={error}
      isAbout={data?.isExact === false}
      ifShort="That is more than is left: what does not fit waits until more may be spent."
    />
  )
}

/** The newest batches of which rows have failed with a code. */
const useBatchesOf = (code: string, wanted: boolean) =>
  useQuery({
    queryKey: names.batches({ errorCode: code }),
    queryFn: ({ signal }) => firstOf(api.batches.list({ errorCode: code }, { signal }), mostBatches),
    enabled: wanted,
  })

/** How many rows of a batch have failed with a code and wait for somebody. */
const useRowsOf = (code: string, batch: string | undefined) =>
  useQuery({
    queryKey: names.failures({ batch, code }),
    queryFn: async ({ signal }) => {
      const { failures } = await api.find.failures({ signal, ...(batch === undefined ? {} : { batch }) })
      return failures.find((each) => each.code === code)?.edits ?? 0
    },
    enabled: batch !== undefined,
  })
