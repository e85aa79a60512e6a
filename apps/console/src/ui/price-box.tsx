import type { ForecastAnswer } from '@restyle/client/types'
import { counted } from '../app/format.ts'
import { usePreferences } from '../app/preferences.ts'
import { useNow } from '../app/use-now.ts'
import { endWords, isShort, leftWords, priceWords } from './price-words.ts'
import { reasonOf } from './toasts.tsx'

type Props = {
  /** Undefined until it is known; null where nobody knows it now. */
  price: ForecastAnswer | null | undefined
  error: unknown
  /** False: of what was asked for a moment ago. */
  isOfNow?: boolean
  /** It is for so many rows that not all of them were looked at. */
  isAbout?: boolean
  /** What follows where less is left than it costs; without it that is said nowhere. */
  ifShort?: string
}

/** What an order costs, what is left of each cap and budget, and when it will be done: before it is given. */
export function PriceBox({ price, error, isOfNow = true, isAbout = false, ifShort }: Props) {
  if (error !== null)
    return (
      <p className="bad" role="alert">
        {reasonOf(error)}
      </p>
    )
  if (price === undefined) return <p className="muted">Asking for the price…</p>
  if (price === null || price.price.length === 0)
    return <p className="warn">What it costs is not known now.</p>
  const about = isAbout ? 'about ' : ''
  return (
    <div role="status" className={isOfNow ? undefined : 'muted'}>
      <p>
        It costs {about}
        <strong>{priceWords(price.price)}</strong>
        {price.rows === 1 ? '' : ` for ${about}${counted(price.images, 'image')}`}.
      </p>
      {price.left.length === 0 ? <p className="muted">No cap is set.</p> : null}
      {leftWords(price.left).map((words) => (
        <p key={words}>{words}</p>
      ))}
      {ifShort !== undefined && isShort(price) ? <p className="warn">{ifShort}</p> : <End price={price} />}
    </div>
  )
}

function End({ price: { forecast } }: { price: ForecastAnswer }) {
  const now = useNow(15_000)
  const { zone } = usePreferences()
  const end = endWords(forecast, now, zone)
  return <p className={end.isBad ? 'warn' : undefined}>{end.words}</p>
}
