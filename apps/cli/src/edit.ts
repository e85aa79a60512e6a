import type { Client } from '@restyle/client/client'
import { hasEnded } from '@restyle/client/edits'
import type { Edit } from '@restyle/client/types'
import { checkRow } from '@restyle/manifest/check-row'
import { openNotes } from '@restyle/manifest/notes'
import { unfilledMarks } from '@restyle/manifest/template'
import type { Io } from './io.ts'
import { pictureOf } from '@restyle/manifest/picture-address'
import { openPreparations } from '@restyle/manifest/preparations'
import { preparationLines } from './show/preparation-lines.ts'
import { pictureReader } from './picture/read-picture.ts'
import { preparingOf, priorityOf, readRequestOptions, type RequestFlags } from './request-options.ts'
import { sendResumable } from './send-resumable.ts'
import { todoLines } from './show/failure-meaning.ts'
import { faultLines, type Fault } from './show/fault-lines.ts'
import { noteLines } from './show/note-lines.ts'
import { printLines, writeRaw } from './show/print.ts'
import { Stop, type ExitCode } from './stop.ts'
import { uploadPictures } from './upload-pictures.ts'

const POLL = { firstMs: 1000, lastMs: 5000, growth: 1.25 }

/** The flags of `restyle edit`. */
export type EditFlags = RequestFlags & { wait: boolean; idempotencyKey?: string; json?: true }

/** Enqueues one edit of the pictures, waits for it, and prints the keys of its images in the bucket. */
export async function edit(
  pictures: readonly string[],
  flags: EditFlags,
  openClient: () => Promise<Client>,
  io: Io,
): Promise<ExitCode> {
  const planned = await plan(pictures, flags, io)
  const client = await openClient()
  await uploadPictures(client, planned.pictures, io.cwd, () => undefined)
  const accepted = await sendResumable({
    idempotencyKey: flags.idempotencyKey ?? io.newId(),
    url: client.url,
    signal: io.signal,
    send: (idempotencyKey) =>
      client.edits.create({ ...planned.edit, ...priorityOf(flags) }, { idempotencyKey }),
  })
  const ended = flags.wait ? await waitForEnd(accepted, client, io) : accepted
  if (flags.json === true) await writeRaw(io.stdout, `${JSON.stringify(ended)}\n`, io.signal)
  else if (flags.wait)
    printLines(io.stdout, ...ended.images.flatMap(({ key }) => (key === undefined ? [] : [key])))
  else printLines(io.stdout, accepted.id)
  if (!flags.wait || ended.state === 'succeeded') return 0
  printLines(io.stderr, ...failureLines(ended))
  return 1
}

async function plan(pictures: readonly string[], flags: EditFlags, io: Io) {
  const images = pictures.map((address) => ({ field: 'picture', address }))
  const row = { number: 1, cells: new Map<string, string>(), images, own: {} }
  const planned = await checkRow(row, {
    options: readRequestOptions(flags),
    template: flags.prompt === undefined ? undefined : [{ kind: 'text', text: flags.prompt }],
    pictureOf: (cell) => pictureOf(cell, io.now()),
    read: pictureReader(io.cwd, preparingOf(flags)),
  })
  const linesOf = (each: typeof planned.faults) =>
    each.map(({ field, detail }): Fault => ({ where: field, detail }))
  if (planned.faults.length > 0) throw new Stop('input', faultLines(linesOf(planned.faults)))
  const marks = unfilledMarks(flags.prompt ?? '').map((mark) => ({
    field: '--prompt',
    detail: `${mark} is sent as it is`,
  }))
  const notes = openNotes()
  for (const note of linesOf([...marks, ...planned.notes])) notes.add(note)
  printLines(io.stderr, ...noteLines(notes))
  const done = openPreparations()
  for (const picture of planned.pictures) done.add(picture)
  printLines(io.stderr, ...preparationLines(done.close()))
  return planned
}

async function waitForEnd(accepted: Edit, client: Client, io: Io): Promise<Edit> {
  let edit = accepted
  try {
    for (let ms = POLL.firstMs; !hasEnded(edit.state); ms = Math.min(ms * POLL.growth, POLL.lastMs)) {
      await io.wait(ms, io.signal)
      edit = await client.edits.read(accepted.id)
    }
    return edit
  } catch (error) {
    if (!io.signal.aborted) throw error
    throw new Stop('interrupted', [`${accepted.id} continues; see how it ends with: restyle events`])
  }
}

function failureLines({ id, state, failure }: Edit): string[] {
  if (failure === undefined) return [`${id} was ${state}`]
  const { code, message } = failure
  return [`${id} failed with ${code}: ${message}`, ...todoLines(code, message)]
}
