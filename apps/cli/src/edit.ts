import { EditView } from '@restyle/shared/contract/edit'
import { isTerminal } from '@restyle/shared/contract/edit-state'
import type { Api } from './api/api.ts'
import { sendOnce } from './api/send-once.ts'
import { checkRow } from './check-row.ts'
import type { Io } from './io.ts'
import { pictureReader } from './picture/read-picture.ts'
import { uploadPictures } from './picture/upload-pictures.ts'
import { todoOf } from './show/failure-groups.ts'
import { faultLines } from './show/fault-lines.ts'
import { hand, say } from './show/say.ts'
import { Stop, type ExitCode } from './stop.ts'
import { readWishes, type WishOptions } from './wishes.ts'

const POLL = { firstMs: 1000, lastMs: 5000, growth: 1.25 }

/** The options of `restyle edit`. */
export type EditOptions = WishOptions & { wait: boolean; idempotencyKey?: string; json?: true }

/** One edit of up to as many pictures as the model takes; waits for it and prints where its images lie in the bucket. */
export async function edit(
  pictures: readonly string[],
  options: EditOptions,
  openApi: () => Promise<Api>,
  io: Io,
): Promise<ExitCode> {
  const images = pictures.map((address) => ({ field: 'picture', address }))
  const row = { number: 1, cells: new Map<string, string>(), images, own: {} }
  const template = options.prompt === undefined ? undefined : [{ text: options.prompt }]
  const read = pictureReader(io.cwd)
  const planned = await checkRow(row, { wishes: readWishes(options), template, read })
  if (planned.faults.length > 0)
    throw new Stop('input', faultLines(planned.faults.map(({ field, detail }) => ({ where: field, detail }))))

  const api = await openApi()
  await uploadPictures(
    api,
    new Map(planned.pictures.map(({ sha256, path }) => [sha256, path])),
    () => undefined,
  )
  const idempotencyKey = options.idempotencyKey ?? io.newId()
  const accepted = await sendOnce(api, '/v1/edits', EditView, { body: planned.edit, idempotencyKey })
  const ended = options.wait ? await awaited(accepted, api, io) : accepted
  if (options.json === true) await hand(io.stdout, `${JSON.stringify(ended)}\n`, io.signal)
  else if (options.wait)
    say(io.stdout, ...ended.images.flatMap(({ key }) => (key === undefined ? [] : [key])))
  else say(io.stdout, accepted.id)
  if (!options.wait || ended.state === 'succeeded') return 0
  say(io.stderr, ...failureLines(ended))
  return 1
}

async function awaited(accepted: EditView, api: Api, io: Io): Promise<EditView> {
  let edit = accepted
  try {
    for (let ms = POLL.firstMs; !isTerminal(edit.state); ms = Math.min(ms * POLL.growth, POLL.lastMs)) {
      await io.wait(ms, io.signal)
      edit = await api.call('GET', `/v1/edits/${encodeURIComponent(accepted.id)}`, EditView)
    }
    return edit
  } catch (error) {
    if (!io.signal.aborted) throw error
    throw new Stop('interrupted', [`${accepted.id} goes on; its outcome will stand in: restyle events`], 130)
  }
}

function failureLines({ id, state, failure }: EditView): string[] {
  if (failure === undefined) return [`${id} was ${state}`]
  const todo = todoOf(failure.code, failure.message)
  return [
    `${id} failed with ${failure.code}: ${failure.message}`,
    ...(todo === undefined ? [] : [`  what to do: ${todo}`]),
  ]
}
