import type { Edit } from '@restyle/shared/contract/edit'
import type { NewEdit } from '@restyle/shared/contract/new-edit'
import type { LaneRoom } from '@restyle/shared/ledger/admit'
import type { RedisClient } from '@restyle/shared/redis/redis-client'
import { asked, lane, type LedgerWorld, openLedgerWorld } from './ledger-world.ts'

export const { model } = lane

/** A lane that always has room. */
export const room: LaneRoom = {
  ...lane,
  running: 1_000_000,
  posting: 1_000_000,
  submitIntervalMicros: 0,
  priceMicros: 1,
}

/** A ledger in which producers wait for their turn. */
export type TurnWorld = LedgerWorld & {
  weigh: (producer: string, weight: number) => Promise<void>
  /** Each with a prompt of its own, unless one is given. */
  enqueue: (producer: string, count: number, more?: Partial<NewEdit['request']>) => Promise<void>
  next: () => Promise<Edit>
  /** The producers of the next edits. */
  turns: (count: number) => Promise<string[]>
  tagOf: (producer: string) => Promise<string | null>
}

let ids = 0

export function openTurnWorld(redis: RedisClient, prefix: string): TurnWorld {
  const world = openLedgerWorld(redis, prefix)
  const { ledger, keys } = world
  const next = async (): Promise<Edit> => {
    const answer = await ledger.admit(room)
    if (answer.kind !== 'admitted') throw new Error(JSON.stringify(answer))
    return answer.edit
  }
  return {
    ...world,
    weigh: async (producer, weight) => {
      await redis.sadd(keys.producers, producer)
      const known = await ledger.readProducer(producer)
      if (known === undefined) throw new Error(`${producer} is not known`)
      await ledger.setProducer(producer, { ...known, weight, version: known.version + 1 })
    },
    enqueue: async (producer, count, more = {}) => {
      const edits = Array.from({ length: count }, () => {
        ids += 1
        const edit = asked(`${producer}-${ids}`, { producer })
        return { ...edit, request: { ...edit.request, prompt: `number ${ids}`, ...more } }
      })
      await ledger.accept(edits)
    },
    next,
    turns: async (count) => {
      const producers: string[] = []
      while (producers.length < count) producers.push((await next()).producer)
      return producers
    },
    tagOf: (producer) => redis.hget(keys.tags(model), producer),
  }
}

export const countOf = (producers: readonly string[], of: string): number =>
  producers.filter((each) => each === of).length

/** A count may be one off: somebody goes first. */
export const about = (count: number): number[] => [count - 1, count, count + 1]
