import type { Producer } from '@restyle/client/types'
import { useState } from 'react'
import { api, names } from '../app/api.ts'
import { money } from '../app/format.ts'
import { useRefusal } from '../app/session.tsx'
import { ActionButton } from '../ui/action-button.tsx'
import { RaiseDialog } from '../ui/raise-dialog.tsx'
import { useAct } from '../ui/use-act.ts'

type Cap = Pick<NonNullable<Producer['caps']>[number], 'per' | 'currency' | 'micros' | 'freeMicros'>

/** Raises what a producer may cost; the other caps stay as they are. */
export function RaiseCap({ producer, cap }: { producer: string; cap: Cap }) {
  const { per, currency, micros, freeMicros } = cap
  const [asking, setAsking] = useState(false)
  const refusal = useRefusal('admin')
  const { act, busy } = useAct(names.producer)
  const close = () => setAsking(false)
  const name = per === 'day' ? 'the cap of a day' : 'the cap in all'
  const raise = (raised: number) => {
    if (busy) return
    act({
      call: async () => {
        // all caps are set at once
        const { caps } = await api.producers.read(producer)
        return api.producers.set(producer, {
          caps: caps.map((each) =>
            each.per === per && each.currency === currency ? { ...each, micros: raised } : each,
          ),
        })
      },
      said: `${producer}: ${name} is ${money(raised, currency)} now.`,
      done: close,
    })
  }
  return (
    <div>
      <ActionButton refusal={refusal} act={() => setAsking(true)}>
        Raise {name}… <span className="unseen">in {currency}</span>
      </ActionButton>
      {asking ? (
        <RaiseDialog
          title={`Raise ${name} of ${producer}`}
          limit={{ currency, micros, usedMicros: micros - freeMicros }}
          facts={[['Spent and reserved', money(micros - freeMicros, currency)]]}
          close={close}
          raise={raise}
        />
      ) : null}
    </div>
  )
}
