import type { EditState } from '../contract/edit-state.ts'
import type { LedgerContext } from './record.ts'

/** `canceled`, now or before; `asked`: it was admitted and goes on (enter-state.lua); `ended`: in another way; or `none`. */
export type EditCanceled = 'canceled' | 'asked' | 'ended' | 'none'

/** What a person steers: which edits go. Each level has a pause of its own, and the end of one ends no other. */
export type Control = {
  /** Ends a queued edit. One that was admitted is not submitted again. The bucket must know of it before. */
  cancelEdit(id: string): Promise<EditCanceled>
  /** Its state: `queued` where it is paused, or resumed, now. */
  pauseEdit(id: string, pause: boolean): Promise<EditState | 'none'>
  /** Since when (epoch ms) the producer is paused, as it is then. */
  pauseProducer(producer: string, pause: boolean): Promise<number | undefined>
  producerPausedAt(producer: string): Promise<number | undefined>
}

export const openControl = ({ redis, keys, run }: LedgerContext): Control => ({
  cancelEdit: async (id) => (await run('cancel-edit', [keys.edit(id)], {})) as EditCanceled,
  pauseEdit: async (id, pause) => (await run('pause-edit', [keys.edit(id)], { pause })) as EditState | 'none',
  pauseProducer: async (producer, pause) =>
    timeOf(await run('pause-producer', [keys.producer(producer)], { producer, pause })),
  producerPausedAt: async (producer) => timeOf(await redis.hget(keys.producer(producer), 'pausedAt')),
})

const timeOf = (at: unknown): number | undefined => {
  const time = Number(at ?? 0)
  return time === 0 ? undefined : time
}
