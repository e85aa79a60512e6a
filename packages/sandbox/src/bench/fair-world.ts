import { defaultSettings } from '@restyle/shared/contract/producer'
import { setTimeout } from 'node:timers/promises'
import { installApiKey } from '@restyle/producer/http/api-keys'
import { createClient } from '@restyle/client/client'
import type { EditRequest } from '@restyle/client/types'
import type { Edit } from '@restyle/shared/contract/edit'
import type { Weight } from '@restyle/shared/contract/producer'
import { editIdOfRow } from '@restyle/shared/ledger/batches'
import { defaultPrefix } from '@restyle/shared/ledger/keys'
import { startWorld, type World } from '../world/start-world.ts'
import { benchModel, benchPicture, benchSize } from './bench-settings.ts'
import type { Admission } from './fair-figures.ts'

/** Tasks that the account runs at a time. */
export const slots = 5

type Body = Pick<EditRequest, 'class' | 'n'>

/** A world with several producers, whose tasks take almost equally long. */
export type FairWorld = {
  world: World
  /** Adds a producer. */
  add(name: string, weight?: Weight): Promise<FairProducer>
  /** The edits that the vendor was asked for so far, in the order in which the ledger admitted them. */
  admissions(): Promise<(Admission & { id: string })[]>
  stop(): Promise<void>
}

export type FairProducer = {
  /** Enqueues a batch, and gives the ids of its edits. */
  send(count: number, body?: Body): Promise<string[]>
  /** Enqueues one edit that came alone. */
  sendOne(body?: Body): Promise<string>
}

/** `taskMs`: how long a task runs. No worker runs yet. */
export async function openFairWorld(taskMs: number): Promise<FairWorld> {
  // more submits than the slots need: the share is one of slots, as with the vendor's tasks of a minute
  const rates = { submitPerSecond: (slots * 5_000) / taskMs, queryPerSecond: 400 }
  const lane = { name: 'fair', model: benchModel, running: slots, ...rates }
  const world = await startWorld({
    speed: 60_000 / taskMs,
    workers: 0,
    dashscope: {
      instant: true,
      durations: { medianMs: 60_000, sigma: 0.05 },
      quotas: { [benchModel]: { running: slots, submitPerSecond: rates.submitPerSecond } },
      queryPerSecond: rates.queryPerSecond,
    },
    env: { RESTYLE_LANES: JSON.stringify([lane]) },
  })
  /** What the vendor is asked for is known by its prompt, which is told to nobody else. */
  const ids = new Map<string, string>()
  return {
    world,
    add: async (name, weight) => {
      const key = `rk_${name}_benchbenchbenchbench`
      await installApiKey(world.redis, defaultPrefix, name, key)
      if (weight !== undefined)
        await world.ledger.setProducer(name, { ...defaultSettings, weight, version: 1 })
      return producerOf(name, createClient({ url: world.url, key }), ids)
    },
    admissions: async () => {
      const known = world.dashscope.posts.flatMap(({ prompt = '' }) => ids.get(prompt) ?? [])
      const edits = (await world.ledger.readMany([...new Set(known)])).filter((edit) => edit !== undefined)
      return edits.map(admissionOf).toSorted((a, b) => a.at - b.at)
    },
    stop: () => world.stop(),
  }
}

const admissionOf = ({ id, producer, request, intentAt = 0 }: Edit): Admission & { id: string } => ({
  id,
  producer,
  class: request.class ?? 'standard',
  images: request.n,
  at: intentAt,
})

function producerOf(
  name: string,
  client: ReturnType<typeof createClient>,
  ids: Map<string, string>,
): FairProducer {
  let sent = 0
  const next = (body: Body): EditRequest => {
    sent += 1
    return { prompt: `${name} ${sent}`, images: [benchPicture], size: benchSize, model: benchModel, ...body }
  }
  return {
    send: async (count, body = {}) => {
      const edits = Array.from({ length: count }, () => next(body))
      const { id } = await client.batches.create({ edits })
      return edits.map(({ prompt }, row) => {
        ids.set(prompt, editIdOfRow(id, row))
        return editIdOfRow(id, row)
      })
    },
    sendOne: async (body = {}) => {
      const edit = next(body)
      const { id } = await client.edits.create(edit)
      ids.set(edit.prompt, id)
      return id
    },
  }
}

/** Waits until the vendor was asked for so many edits since the start. */
export async function untilPosts({ dashscope }: World, wanted: number): Promise<void> {
  while (dashscope.posts.length < wanted) await setTimeout(5)
}

/** Waits until the vendor knows its task. */
export async function untilAdmitted({ ledger }: World, id: string): Promise<Edit> {
  for (;;) {
    const edit = await ledger.read(id)
    if (edit?.taskId !== undefined) return edit
    await setTimeout(10)
  }
}

/** Waits until all have succeeded, and gives when (epoch ms) the last one did. */
export async function untilSucceeded({ ledger }: World, ids: readonly string[]): Promise<number> {
  for (;;) {
    const edits = await ledger.readMany(ids)
    const lost = edits.find((edit) => edit?.state === 'failed' || edit?.state === 'review')
    if (lost !== undefined) throw new Error(`${lost.id} is ${lost.state}`)
    if (edits.every((edit) => edit?.state === 'succeeded'))
      return Math.max(...edits.map((edit) => edit?.updatedAt ?? 0))
    await setTimeout(50)
  }
}
