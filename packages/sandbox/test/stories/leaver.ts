import { join } from 'node:path'
import type { SubmitOutcome } from '@restyle/dashscope/submit-outcome'
import type { Edit, Image } from '@restyle/shared/contract/edit'
import { createLog } from '@restyle/shared/log'
import { moveOrReread, type OpenChange } from '@restyle/shared/move-or-reread'
import { writeIntent } from '@restyle/shared/receipt/receipt'
import { checkImage } from '@restyle/worker/copy/check-image'
import { copy } from '@restyle/worker/copy/copy'
import { openPrivateResults } from '@restyle/worker/copy/private-results'
import { openSpill } from '@restyle/worker/copy/spill'
import { openThumbnails } from '@restyle/worker/copy/thumbnails'
import type { OnFailpoint } from '@restyle/worker/hand/failpoints'
import { roomOf } from '@restyle/worker/lane/lane'
import { type Services } from '@restyle/worker/services'
import { openBreakers } from '@restyle/worker/submit/breakers'
import { recordOutcome } from '@restyle/worker/submit/record-outcome'
import { draw, type Story, until } from './story.ts'

const hourMs = 3600_000
const log = createLog('silent')

/** Takes single steps as a worker does, and goes away whenever a test wants it. */
export type Leaver = ReturnType<typeof openLeaver>

export function openLeaver({ world }: Story, services: Services, spillDir: string) {
  const { ledger, store, queues, deadlines, place, rebuild } = services
  const [lane] = services.lanes
  if (lane === undefined) throw new Error('this world has no lane')
  const context = { ledger, queues, store, log, stopping: AbortSignal.any([]) }
  const plain = { ...context, failpoint: async () => {}, random: () => 0.5 }
  const move = async (edit: Edit, change: OpenChange) => (await moveOrReread(edit, change, ledger)).edit

  const admit = async (id: string): Promise<Edit> => {
    const claims = { ahead: 9, preparing: [id], prepared: [id], released: [] }
    const open = { running: 99, posting: 99, submitIntervalMicros: 1 }
    const answer = await ledger.admit({ ...roomOf(lane, deadlines, 99, place), ...claims, ...open })
    if (answer.kind !== 'admitted' || answer.edit.id !== id) throw new Error(`not admitted: ${answer.kind}`)
    return answer.edit
  }
  const intend = async (id: string): Promise<Edit> => {
    const edit = await admit(id)
    await writeIntent(store, edit, 'gone')
    return edit
  }
  const post = async (edit: Edit): Promise<SubmitOutcome> => {
    const picture = `data:image/png;base64,${(await draw(20)).toString('base64')}`
    const body = lane.model.body(lane.model, { ...edit.request, images: [picture] })
    // it submits faster than the quota allows
    return until(async () => {
      const outcome = await lane.client.submit(lane.model, body)
      return outcome.kind === 'refused' && outcome.code.startsWith('Throttling') ? undefined : outcome
    })
  }
  const run = async (id: string): Promise<Edit> => {
    const edit = await intend(id)
    const tools = { ...plain, breakers: openBreakers() }
    return (await recordOutcome(edit, lane, await post(edit), tools)).edit
  }
  /** Its task is over, and tells where its image is. */
  const imagesOf = async ({ id, taskId = '' }: Edit): Promise<Image[]> => {
    const ask = () => lane.client.task(taskId)
    const seeImages = async () => {
      const told = await ask()
      if (told.kind !== 'task' || told.task.state !== 'succeeded') return false
      return told.task.images.map(({ url, expiresAt = 0 }, index) => ({ index, url, expiresAt }))
    }
    return until(seeImages, 30_000, async () =>
      JSON.stringify([id, await world.ledger.read(id), await ask()]),
    )
  }
  const render = async (id: string): Promise<Edit> => {
    const edit = await run(id)
    const images = await imagesOf(edit)
    const expiresAt = images[0]?.expiresAt ?? 0
    const set = { images, renderedAt: Date.now() }
    return move(edit, { to: 'rendered', set, billedMicros: 200_000, expiresAt })
  }
  const copyImages = (edit: Edit, failpoint: OnFailpoint = async () => {}, host = 'here') =>
    copy(edit, {
      ...plain,
      failpoint,
      fetchImage: async (_id, { url = '' }) => {
        const answer = await fetch(url)
        return { kind: 'bytes', bytes: Buffer.from(await answer.arrayBuffer()) }
      },
      keyTemplate: rebuild.keyTemplate,
      checkImage,
      thumbnails: openThumbnails(plain),
      spill: openSpill(host === 'here' ? spillDir : join(spillDir, host)),
      privateResults: openPrivateResults(),
      spillBeforeMs: 25 * hourMs,
      spillWaitMs: hourMs,
      host,
    })
  /** Its PUT is the last thing that happens. */
  const storeAndDie = async (edit: Edit) => {
    const death = Promise.withResolvers<void>()
    const dies: OnFailpoint = async (point) => {
      if (point !== 'stored') return
      death.resolve()
      await new Promise(() => {})
    }
    await Promise.race([copyImages(edit, dies), death.promise])
  }
  const spill = async (edit: Edit, host = 'here') => {
    world.s3.faults.down(true, 'unavailable')
    await copyImages(edit, undefined, host)
    world.s3.faults.down(false)
  }
  return { admit, intend, post, run, move, imagesOf, render, copyImages, storeAndDie, spill }
}
