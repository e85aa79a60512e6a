import type { Batch } from '@restyle/client/types'
import { useQuery } from '@tanstack/react-query'
import { api, names } from '../app/api.ts'
import { firstOf } from '../app/first-of.ts'
import { counted, money } from '../app/format.ts'
import { useNoteBatch } from '../app/use-batch.ts'
import { useBatchName } from '../ui/batch-name.tsx'
import { priceWords } from '../ui/price-words.ts'
import { pricedParts } from '../ui/priced-parts.ts'
import { RaiseDialog } from '../ui/raise-dialog.tsx'
import { reasonOf } from '../ui/toasts.tsx'
import { useAct } from '../ui/use-act.ts'

/** Rows that are looked at for the price: the API's largest page of them. */
const mostLookedAt = 200

/** Asks how much a batch may cost from now on, beside what the rest of it will. */
export function RaiseBudget({ batch, close }: { batch: Batch; close: () => void }) {
  const note = useNoteBatch()
  const nameOf = useBatchName()
  const { act, busy } = useAct(names.batches())
  const { budget } = batch
  if (budget === undefined) return null
  const { currency } = budget
  const own = [batch.cost, ...(batch.otherCosts ?? [])].find((cost) => cost.currency === currency)
  const raise = (micros: number) => {
    if (busy) return
    act({
      call: async () => note(await api.batches.setBudget(batch.id, { currency, micros })),
      said: `${nameOf(batch)} may cost ${money(micros, currency)} now.`,
      done: close,
    })
  }
  return (
    <RaiseDialog
      title={`Raise the budget of ${nameOf(batch)}`}
      limit={{ currency, micros: budget.micros, usedMicros: budget.micros - budget.freeMicros }}
      facts={[
        ['Spent', money(own?.micros ?? 0, currency)],
        ['Reserved', money(own?.reservedMicros ?? 0, currency)],
        ['For the rest', <Rest key="rest" batch={batch} />],
      ]}
      close={close}
      raise={raise}
    />
  )
}

/** What the rows cost that wait, as far as some of them tell. */
function Rest({ batch: { id, counts } }: { batch: Batch }) {
  const { data, error } = useQuery({
    queryKey: [...names.batch(id), 'rest', counts.queued],
    queryFn: async ({ signal }) => {
      const filter = { batch: id, state: 'queued', limit: mostLookedAt }
      const { parts, isExact } = pricedParts(
        await firstOf(api.edits.list(filter, { signal }), mostLookedAt),
        counts.queued,
      )
      if (parts.length === 0) return null
      const { price } = await api.forecasts.ask({ rows: parts }, { signal })
      return { price, isExact }
    },
    enabled: counts.queued > 0,
    placeholderData: (before) => before,
  })
  if (counts.queued === 0) return 'nothing waits'
  if (error !== null) return <span className="bad">{reasonOf(error)}</span>
  if (data === undefined) return 'asking for the price…'
  if (data === null || data.price.length === 0) return 'not known now'
  return `${data.isExact ? '' : 'about '}${priceWords(data.price)}, for ${counted(counts.queued, 'row')}`
}
