import type { Schedule } from '@restyle/client/types'
import { useState } from 'react'
import { api, names } from '../app/api.ts'
import { useRefusal } from '../app/session.tsx'
import { useAct } from '../ui/use-act.ts'
import { ActionButton } from '../ui/action-button.tsx'
import { Confirm } from '../ui/confirm.tsx'

/** Pause or resume a schedule, or run it now. */
export function Orders({ schedule: { name, pausedAt, budget } }: { schedule: Schedule }) {
  const [asking, setAsking] = useState(false)
  const refusal = useRefusal('edits:write')
  const { act, busy } = useAct(names.schedules)
  const close = () => setAsking(false)
  const resume = () =>
    act({ call: () => api.schedules.resume(name), said: `${name} runs at its ticks again.` })
  const pause = () => act({ call: () => api.schedules.pause(name), said: `${name} is paused.` })
  const run = () =>
    act({
      call: () => api.schedules.run(name),
      said: `${name}: the run is decided; its history tells how.`,
      done: close,
    })
  return (
    <div className="row">
      <ActionButton refusal={refusal} act={() => !busy && (pausedAt === undefined ? pause() : resume())}>
        {pausedAt === undefined ? 'Pause' : 'Resume'} <span className="unseen">{name}</span>
      </ActionButton>
      <ActionButton refusal={refusal} act={() => setAsking(true)}>
        Run now <span className="unseen">{name}</span>
      </ActionButton>
      <Confirm
        open={asking}
        title={`Run ${name} now`}
        verb="Run now"
        close={close}
        act={() => !busy && run()}
      >
        <p>
          Its catalog is read, and rows that are new or changed are made and billed
          {budget === undefined ? ': it has no budget.' : ', up to its budget.'} Where a run goes on, its rule
          for overlaps decides.
        </p>
      </Confirm>
    </div>
  )
}
