import { viewOfRow, type StandInBatch, type StandInRedo } from './console-batch.ts'

type Told = { status?: number; content: string }
const json = (body: object, status = 200): Told => ({ status, content: JSON.stringify(body) })

const microsPerImage = 200_000
const capMicros = 5_000_000

/** What the stand-in answers about the takes of a row and their redos; undefined for another call. */
export function tellOfRedos(batch: StandInBatch, method: string, url: URL, body: unknown): Told | undefined {
  if (url.pathname === '/v1/models')
    return json({ models: [{ id: 'wan2.5-i2i-preview', accepts: { n: [1, 4] } }] })
  const edit = /^\/v1\/edits\/edit-(\d+)\/(takes|redo|redo\/forecast)$/.exec(url.pathname)
  if (edit === null) return undefined
  const row = Number(edit[1])
  if (edit[2] === 'takes') return json({ edits: takesOf(batch, row) })
  if (method !== 'POST') return undefined
  const request = (body ?? {}) as { prompt?: string; n?: number }
  const micros = (request.n ?? 1) * microsPerImage
  if (edit[2] !== 'redo') return json(forecastOf(micros, batch.freeMicros))
  if (micros > batch.freeMicros)
    return refusal(`it costs more than the ${batch.freeMicros} micros that are left`)
  const redos = batch.redos.filter((each) => each.row === row)
  const take = redos.length + 2
  const redo: StandInRedo = {
    id: `redo-${row}-${take}`,
    row,
    take,
    state: 'running',
    prompt: request.prompt ?? batch.promptOf(row),
  }
  batch.redos.push(redo)
  batch.say(row, { verdict: 'redo', redo: redo.id })
  return json(viewOfRedo(batch, redo), 202)
}

const takesOf = (batch: StandInBatch, row: number): object[] => [
  viewOfRow(batch, row),
  ...batch.redos.filter((redo) => redo.row === row).map((redo) => viewOfRedo(batch, redo)),
]

function viewOfRedo(batch: StandInBatch, { id, row, state, prompt }: StandInRedo): object {
  const { key, model, request } = viewOfRow(batch, row)
  return {
    id,
    key,
    model,
    request,
    state,
    prompt,
    redoOf: `edit-${row}`,
    images: state === 'succeeded' ? [{ index: 0, width: 1280, height: 1280, bytes: 398_000 }] : [],
    cost: { currency: 'CNY', micros: state === 'succeeded' ? microsPerImage : 0 },
    ...(state === 'failed' ? { failure: { code: 'DataInspectionFailed', message: 'it was refused' } } : {}),
  }
}

const end = { from: '2026-11-26T12:00:00.000Z', to: '2026-11-26T12:02:00.000Z' }

const forecastOf = (micros: number, freeMicros: number): object => ({
  rows: 1,
  images: micros / microsPerImage,
  price: [{ currency: 'CNY', leastMicros: micros, mostMicros: micros }],
  left: [{ currency: 'CNY', micros: capMicros, of: 'total', freeMicros, aheadMicros: 0 }],
  forecast:
    micros > freeMicros
      ? { kind: 'stops', afterRows: 0, ofRows: 1, by: 'total', detail: 'the cap of the producer is reached' }
      : {
          kind: 'range',
          begin: end,
          end,
          tasksSeen: 100,
          imagesPerHour: 600,
          detail: 'in nine of ten cases',
        },
})

const refusal = (detail: string): Told =>
  json({ type: '#not-redone', code: 'not-redone', title: 'Not redone', status: 409, detail }, 409)
