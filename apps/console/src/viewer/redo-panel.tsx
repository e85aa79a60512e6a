import type { Edit } from '@restyle/client/types'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useEffect, useId, useRef, useState } from 'react'
import { api, names } from '../app/api.ts'
import { PriceBox } from '../ui/price-box.tsx'
import { priceWords } from '../ui/price-words.ts'
import { diffPrompts } from './prompt-diff.ts'
import { imagesOf, redoRequest, type Wish } from './redo-request.ts'
import { useRedo } from './use-redo.ts'

type Props = {
  /** The row's own edit, which is redone. */
  own: Edit
  /** The take that was looked at, whose prompt and seed the redo begins with. */
  from: Edit
  close: () => void
  /** Says that it is to be redone, and orders nothing. */
  mark: () => void
  ordered: (redo: string, isHere: boolean) => void
}

/** What is asked for once more, what that costs, and what is left then. It costs money only by its button. */
export function RedoPanel({ own, from, close, mark, ordered }: Props) {
  const title = useId()
  const [wish, setWish] = useState<Wish>({ prompt: from.prompt, keepsSeed: false, n: from.request.n })
  const redo = useRedo(own, redoRequest(own, from, wish), ordered)
  const set = (some: Partial<Wish>) => setWish((known) => ({ ...known, ...some }))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    redo.order()
  }
  return (
    <form className="redo" aria-labelledby={title} onSubmit={submit} noValidate>
      <h3 id={title}>Redo this picture</h3>
      <Prompt value={wish.prompt} set={(prompt) => set({ prompt })} />
      <PromptDiff before={from.prompt} after={wish.prompt} />
      <Seed seed={from.request.seed} keeps={wish.keepsSeed} set={(keepsSeed) => set({ keepsSeed })} />
      <Images edit={from} n={wish.n} set={(n) => set({ n })} />
      <PriceBox price={redo.price} error={redo.error} isOfNow={redo.known} />
      <div className="row">
        <button type="submit" className="primary" aria-disabled={!redo.ready || undefined}>
          {redo.price === undefined ? 'Redo' : `Redo for ${priceWords(redo.price.price)}`}
        </button>
        <button type="button" onClick={mark}>
          Only mark it
        </button>
        <button type="button" onClick={close}>
          Close
        </button>
      </div>
    </form>
  )
}

function Prompt({ value, set }: { value: string; set: (prompt: string) => void }) {
  const field = useRef<HTMLTextAreaElement>(null)
  useEffect(() => field.current?.focus(), [])
  return (
    <label>
      Prompt
      <textarea ref={field} rows={5} value={value} onChange={({ target }) => set(target.value)} />
    </label>
  )
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

function Seed(props: { seed: number | undefined; keeps: boolean; set: (keeps: boolean) => void }) {
  const { seed, keeps, set } = props
  return (
    <fieldset className="choice">
      <legend>Seed</legend>
      <label>
        <input type="radio" name="seed" checked={!keeps} onChange={() => set(false)} />
        new
      </label>
      <label>
        <input
          type="radio"
          name="seed"
          checked={keeps}
          disabled={seed === undefined}
          onChange={() => set(true)}
        />
        keep {seed ?? '(it had none)'}
      </label>
    </fieldset>
  )
}

function Images({ edit, n, set }: { edit: Edit; n: number; set: (n: number) => void }) {
  const { data: models } = useQuery({
    queryKey: names.models,
    queryFn: ({ signal }) => api.models.list({ signal }),
    staleTime: Infinity,
  })
  const [least, most] = imagesOf(models, edit)
  return (
    <label className="row">
      Images
      <input
        type="number"
        min={least}
        max={most}
        value={n}
        onChange={({ target }) =>
          set(Math.min(most, Math.max(least, Math.round(Number(target.value)) || least)))
        }
      />
      <span className="muted">at most {most}</span>
    </label>
  )
}
