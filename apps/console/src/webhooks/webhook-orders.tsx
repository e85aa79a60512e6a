import type { Webhook } from '@restyle/client/types'
import { useState } from 'react'
import { api, names } from '../app/api.ts'
import { useRefusal } from '../app/session.tsx'
import { useAct } from '../ui/use-act.ts'
import { ActionButton } from '../ui/action-button.tsx'
import { Confirm } from '../ui/confirm.tsx'

/** Test it, send once more what passed while it was disabled, disable or enable it. */
export function WebhookOrders({ webhook: { id, enabled, skipped } }: { webhook: Webhook }) {
  const [asking, setAsking] = useState(false)
  const refusal = useRefusal('webhooks')
  const { act, busy } = useAct(names.webhooks)
  const close = () => setAsking(false)
  const set = (to: boolean) =>
    act({
      call: () => api.webhooks.change(id, { enabled: to }),
      said: to ? 'It goes on with new events.' : 'Nothing is sent to it.',
      done: close,
    })
  const test = () =>
    act({ call: () => api.webhooks.test(id), said: 'A test event is sent; its delivery is listed below.' })
  const replay = () =>
    act({
      call: () => api.webhooks.replay(id, { skipped: true }),
      said: 'What passed while it was disabled is sent.',
    })
  const off = enabled ? undefined : 'It is disabled: enable it first.'
  const none = skipped.length === 0 ? 'Nothing passed while it was disabled.' : undefined
  return (
    <div className="row">
      <ActionButton refusal={refusal ?? off} act={() => !busy && test()}>
        Send a test
      </ActionButton>
      <ActionButton refusal={refusal ?? off ?? none} act={() => !busy && replay()}>
        Send what it missed
      </ActionButton>
      {enabled ? (
        <ActionButton refusal={refusal} act={() => setAsking(true)}>
          Disable
        </ActionButton>
      ) : (
        <ActionButton kind="primary" refusal={refusal} act={() => !busy && set(true)}>
          Enable
        </ActionButton>
      )}
      <Confirm
        open={asking}
        title="Disable this webhook"
        verb="Disable"
        close={close}
        act={() => !busy && set(false)}
      >
        <p>Nothing is sent to it until it is enabled again. What passes meanwhile can be sent then.</p>
      </Confirm>
    </div>
  )
}
