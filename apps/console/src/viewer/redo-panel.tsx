import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useEffect, useId, useMemo, useRef, useState } from 'react'
import { money } from '../app/format.ts'
import { newKey, rowsApi, type RedoRequest, type RowView } from '../rows/rows-api.ts'
import { reasonOf, useToasts } from '../ui/toasts.tsx'
import { diffPrompts } from './prompt-diff.ts'

const typedMs = 400

/** The value as it is when nothing was typed for a moment. */
function useSettled<Value>(value: Value): Value {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(setSettled, typedMs, value)
    return () => clearTimeout(timer)
  }, [value])
  return settled
}

/** What is asked for once more, what that costs, and what is left then. It costs money only by its button. */
export function RedoPanel(props: { edit: RowView; close: () => void; mark: () => void; done: () => void }) {
  const { edit, close, mark, done } = props
  const toasts = useToasts()
  const title = useId()
  const prompt = useRef<HTMLTextAreaElement>(null)
  const [text, setText] = useState(edit.prompt)
  const [keepsSeed, setKeepsSeed] = useState(false)
  const [n, setN] = useState(edit.request.n)
  const [busy, setBusy] = useState(false)
  useEffect(() => prompt.current?.focus(), [])
  const request = JSON.stringify(requestOf(edit, { text, keepsSeed, n }))
  // the same wish, pressed again after an answer was lost, is paid once
  const key = useMemo(() => ({ request, key: newKey() }), [request]).key
  const asked = useSettled(request)
  const price = useQuery({
    queryKey: ['redo-price', edit.id, asked],
    queryFn: ({ signal }) => rowsApi.redoPrice(edit.id, JSON.parse(asked) as RedoRequest, signal),
    placeholderData: (before) => before,
  })
  const known = request === asked && !price.isPlaceholderData && price.data !== undefined
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!known || busy) return
    setBusy(true)
    rowsApi.redo(edit.id, JSON.parse(request) as RedoRequest, key).then(
      ({ take }) => {
        toasts.say(`It is being redone${take === undefined ? '' : ` as take ${take}`}.`)
        done()
        close()
      },
      (error: unknown) => {
        setBusy(false)
        toasts.failed(error)
      },
    )
  }
  return (
    <form className="redo" aria-labelledby={title} onSubmit={submit} noValidate>
      <h3 id={title}>Redo this picture</h3>
      <label>
        Prompt
        <textarea
          ref={prompt}
          rows={5}
          value={text}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
        />
      </label>
      <PromptDiff before={edit.prompt} after={text} />
      <fieldset className="choice">
        <legend>Seed</legend>
        <label>
          <input type="radio" name="seed" checked={!keepsSeed} onChange={() => setKeepsSeed(false)} />
          new
        </label>
        <label>
          <input
            type="radio"
            name="seed"
            checked={keepsSeed}
            disabled={edit.request.seed === undefined}
            onChange={() => setKeepsSeed(true)}
          />
          keep {edit.request.seed ?? '(it had none)'}
        </label>
      </fieldset>
      <label className="row">
        Images
        <input
          type="number"
          min={1}
          max={6}
          value={n}
          onChange={({ currentTarget }) => setN(Math.max(1, Math.round(Number(currentTarget.value)) || 1))}
        />
      </label>
      <Price price={price} known={known} />
      <div className="row">
        <button type="submit" className="primary" aria-disabled={!known || busy || undefined}>
          {price.data === undefined
            ? 'Redo'
            : `Redo for ${money(price.data.cost.micros, price.data.cost.currency)}`}
        </button>
        <button
          type="button"
          onClick={() => {
            mark()
            close()
          }}
        >
          Only mark it
        </button>
        <button type="button" onClick={close}>
          Close
        </button>
      </div>
    </form>
  )
}

/** Only what is different is sent. */
function requestOf(edit: RowView, asked: { text: string; keepsSeed: boolean; n: number }): RedoRequest {
  const { seed } = edit.request
  return {
    ...(asked.text === edit.prompt ? {} : { prompt: asked.text }),
    ...(asked.keepsSeed && seed !== undefined ? { seed } : {}),
    ...(asked.n === edit.request.n ? {} : { n: asked.n }),
  }
}

function PromptDiff({ before, after }: { before: string; after: string }) {
  if (before === after) return <p className="muted">The prompt is the same.</p>
  return (
    <div role="group" className="diff" aria-label="What is different in the prompt">
      {diffPrompts(before, after).map(({ kind, text }, index) => {
        const key = `${index} ${kind}`
        if (kind === 'gone') return <del key={key}>{text}</del>
        return kind === 'new' ? <ins key={key}>{text}</ins> : <span key={key}>{text}</span>
      })}
    </div>
  )
}

function Price({
  price,
  known,
}: {
  price: { data: Awaited<ReturnType<typeof rowsApi.redoPrice>> | undefined; error: unknown }
  known: boolean
}) {
  if (price.error !== null && price.error !== undefined)
    return (
      <p className="bad" role="alert">
        {reasonOf(price.error)}
      </p>
    )
  if (price.data === undefined) return <p className="muted">Asking for the price…</p>
  const { cost, budget } = price.data
  return (
    <p role="status" className={known ? undefined : 'muted'}>
      It costs <strong>{money(cost.micros, cost.currency)}</strong>.
      {budget === undefined ? '' : ` Left of the budget now: ${money(budget.freeMicros, cost.currency)}.`}
    </p>
  )
}
