import type { Producer } from '@restyle/client/types'
import { money } from '../app/format.ts'
import { usePreferences } from '../app/preferences.ts'
import { When } from '../ui/when.tsx'
import { type Cap, capOutlook, outlookWords, type SpendFacts } from './cap-outlook.ts'
import { RaiseCap } from './raise-cap.tsx'

/** What the producer may cost, what is left, and when that is used up. */
export function Caps({ producer, facts }: { producer: Producer; facts: SpendFacts | undefined }) {
  const { caps = [], stops = [] } = producer
  return (
    <section className="stack" aria-label="Caps">
      {stops.map(({ reason, at, until, detail }) => (
        <p key={reason} className="warn">
          Stopped ({reason}) since <When at={at} />
          {until === undefined ? null : (
            <>
              {' '}
              until <When at={until} />
            </>
          )}
          {detail === undefined ? '' : `: ${detail}`}
        </p>
      ))}
      {caps.length === 0 ? (
        <p className="muted">This producer has no cap. Batches may have budgets.</p>
      ) : (
        <div className="cards">
          {caps.map((cap) => (
            <CapCard key={`${cap.per} ${cap.currency}`} cap={cap} producer={producer} facts={facts} />
          ))}
        </div>
      )}
    </section>
  )
}

function CapCard(props: { cap: Cap; producer: Producer; facts: SpendFacts | undefined }) {
  const { cap, producer, facts } = props
  const { per, currency, micros, billedMicros, reservedMicros, freeMicros } = cap
  const { day, zone: days } = producer
  const { zone } = usePreferences()
  return (
    <article className="card" aria-label={per === 'day' ? 'Cap of a day' : 'Cap in all'}>
      <h2>{per === 'day' ? `Cap of a day${day === undefined ? '' : ` (${day}, ${days})`}` : 'Cap in all'}</h2>
      <p className="big number">
        {money(billedMicros, currency)} <span className="muted">of {money(micros, currency)}</span>
      </p>
      <meter
        className="wide"
        min={0}
        max={micros}
        value={billedMicros + reservedMicros}
        aria-label={`Billed and reserved of ${money(micros, currency)}`}
      />
      <p className="muted">
        {money(reservedMicros, currency)} reserved, {money(freeMicros, currency)} left
      </p>
      {facts === undefined ? null : (
        <p className="cap-outlook">{outlookWords(cap, capOutlook(cap, facts), facts.now, zone)}</p>
      )}
      <RaiseCap producer={producer.name} cap={{ per, currency, micros, freeMicros }} />
    </article>
  )
}
