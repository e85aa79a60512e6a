import { useQuery } from '@tanstack/react-query'
import { useSearchParams } from 'wouter'
import { api, names } from '../app/api.ts'
import { firstOf } from '../app/first-of.ts'
import { useProducer } from '../app/use-batch.ts'
import { useEvery } from '../app/live.ts'
import { EmptyByFilter, Read } from '../ui/states.tsx'
import { Budgets } from './budgets.tsx'
import { Caps } from './caps.tsx'
import { type Asked, askedOf, dayChoices, groupings } from './spend.ts'
import { Spent } from './spent.tsx'
import { useOwnSpend } from './use-own-spend.ts'
import './spend.css'

/** The API's largest page. */
const most = 1_000
const everyMs = 60_000

/** What was billed and reserved, against what it may cost. */
export function SpendPage() {
  const [params, setParams] = useSearchParams()
  const asked = askedOf(params)
  const every = useEvery()
  const query = useQuery({
    queryKey: names.usage(asked),
    queryFn: ({ signal }) => api.usage({ ...asked, limit: most }, { signal }),
    placeholderData: (before) => before,
    refetchInterval: every(everyMs),
  })
  const producer = useProducer()
  const own = useOwnSpend(producer.data ?? { name: '' }, asked.days)
  const budgets = useQuery({
    queryKey: names.batches({ budgets: true }),
    queryFn: async ({ signal }) =>
      (await firstOf(api.batches.list({ state: 'active', limit: 100 }, { signal }), 100)).filter(
        ({ budget }) => budget !== undefined,
      ),
  })
  const set = (name: keyof Asked, value: string) =>
    setParams(
      (old) => {
        old.set(name, value)
        return old
      },
      { replace: true },
    )
  return (
    <div className="stack">
      <div className="page-head">
        <h1>Spend</h1>
        <Choices asked={asked} set={set} />
      </div>
      <Read query={producer} what="caps">
        {(read) => <Caps producer={read} facts={own?.facts} />}
      </Read>
      <Read query={query} what="what was spent" lines={6}>
        {(usage) =>
          usage.rows.length === 0 ? (
            <EmptyByFilter filter={`${usage.from} to ${usage.to}`} drop={() => set('days', '90')} />
          ) : (
            <Spent
              usage={usage}
              course={own?.isAlone === true ? { caps: producer.data?.caps ?? [], facts: own.facts } : {}}
            />
          )
        }
      </Read>
      <Read query={budgets} what="budgets">
        {(batches) => <Budgets batches={batches} />}
      </Read>
    </div>
  )
}

const Choices = ({ asked, set }: { asked: Asked; set: (name: keyof Asked, value: string) => void }) => (
  <div className="row">
    <label className="row">
      By
      <select value={asked.by} onChange={({ target }) => set('by', target.value)}>
        {groupings.map((each) => (
          <option key={each}>{each}</option>
        ))}
      </select>
    </label>
    <label className="row">
      Days
      <select value={asked.days} onChange={({ target }) => set('days', target.value)}>
        {dayChoices
          .filter((days) => asked.by !== 'batch' || days <= 31)
          .map((days) => (
            <option key={days}>{days}</option>
          ))}
      </select>
    </label>
  </div>
)
