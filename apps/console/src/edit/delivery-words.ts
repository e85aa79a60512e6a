import type { EditHistory } from '@restyle/client/types'

type Delivery = NonNullable<EditHistory['delivery']>
type Hook = NonNullable<Delivery['webhooks']>[number]

/** How far a webhook is with an event. `at`: a time as people read it. */
export function hookWords({ state, nextAt }: Hook, at: (time: string) => string): string {
  switch (state) {
    case 'waits':
      return 'not sent yet'
    case 'retries':
      return nextAt === undefined ? 'failed, is sent again' : `failed, is sent again ${at(nextAt)}`
    case 'sent':
      return 'sent'
    case 'passed':
      return 'passed while it was disabled'
  }
}

/** How far a group of consumers is with an event. */
export const groupWords: Readonly<Record<NonNullable<Delivery['groups']>[number]['state'], string>> = {
  waits: 'not handed out yet',
  taken: 'handed out, not acknowledged',
  dead: 'dead: handed out too often',
  done: 'acknowledged, or from before the group began',
}

/** Whether somebody is still to hear of the event. */
export const isUnderWay = (delivery: Delivery | undefined): boolean =>
  (delivery?.webhooks ?? []).some(({ state }) => state === 'waits' || state === 'retries') ||
  (delivery?.groups ?? []).some(({ state }) => state === 'waits' || state === 'taken')
