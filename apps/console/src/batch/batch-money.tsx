import type { Batch } from '@restyle/client/types'
import { Link } from 'wouter'
import { counted, money, moment } from '../app/format.ts'
import { usePreferences } from '../app/preferences.ts'
import { useNow } from '../app/use-now.ts'
import { ActionButton } from '../ui/action-button.tsx'
import { moneyEndOf } from './money-end.ts'

/** What a batch has cost, what it may cost, and when that is used up. `refusal`: why its budget cannot be raised. */
export function BatchMoney(props: { batch: Batch; refusal: string | undefined; askRaise: () => void }) {
  const { batch, refusal, askRaise } = props
  const { cost, otherCosts = [], budget, images } = batch
  return (
    <section className="card stack tight" aria-labelledby="money-of-batch">
      <h2 id="money-of-batch">Money</h2>
      <dl className="facts">
        {[cost, ...otherCosts].map(({ currency, micros, reservedMicros }) => (
          <div key={currency}>
            <dt>Spent</dt>
            <dd>
              {money(micros, currency)} <span className="muted">for {counted(images, 'image')}</span>
            </dd>
            <dt>Reserved</dt>
            <dd>
              {money(reservedMicros, currency)} <span className="muted">for what is under way</span>
            </dd>
          </div>
        ))}
        <div>
          <dt>Budget</dt>
          <dd>
            {budget === undefined ? (
              <span className="muted">none</span>
            ) : (
              `${money(budget.micros, budget.currency)}, of which ${money(budget.freeMicros, budget.currency)} is left`
            )}
          </dd>
        </div>
        <UsedUp batch={batch} />
      </dl>
      {budget === undefined || batch.completedAt !== undefined ? null : (
        <div>
          <ActionButton act={askRaise} refusal={refusal}>
            Raise the budget…
          </ActionButton>
        </div>
      )}
    </section>
  )
}

/** When the money ends at this speed. */
function UsedUp({ batch: { forecast } }: { batch: Batch }) {
  const now = useNow(15_000)
  const { zone } = usePreferences()
  const end = moneyEndOf(forecast, (time) => moment(time, now, zone))
  if (end === undefined) return null
  const isCap = forecast?.kind === 'range' || (forecast?.kind === 'stops' && forecast.by !== 'budget')
  return (
    <div>
      <dt>Used up</dt>
      <dd>
        <span className={end.isForGood ? 'warn' : undefined}>{end.words}</span>
        {isCap ? (
          <>
            {' '}
            <Link href="/spend">Look at the caps</Link>
          </>
        ) : null}
      </dd>
    </div>
  )
}
