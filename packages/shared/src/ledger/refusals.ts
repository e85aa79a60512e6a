import type { EditRefused } from '../contract/edit-refused.ts'
import { digestOf } from '../ids.ts'
import type { LedgerContext } from './record.ts'

/** What is told of an edit that never became one. */
export type Refusals = {
  /** Tells a producer. The same refusal has the same id, however often it is told. */
  tellRefused(producer: string, refused: EditRefused, traceparent?: string): Promise<void>
}

export const openRefusals = ({ keys, run }: LedgerContext): Refusals => ({
  tellRefused: async (producer, refused, traceparent) => {
    const id = `${refused.edit}-refused-${digestOf(refused).slice(0, 12)}`
    await run('tell-refused', [keys.events(producer)], {
      producer,
      event: {
        id,
        subject: refused.edit,
        data: JSON.stringify(refused),
        ...(traceparent === undefined ? {} : { traceparent }),
      },
    })
  },
})
