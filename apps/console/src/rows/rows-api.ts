import { ApiError } from '@restyle/client/api-error'
import type { Edit, ForecastAnswer } from '@restyle/client/types'
import { readRefusal } from '@restyle/client/read-refusal'
import type { VerdictName } from './filter.ts'
import type { Many } from './many-of.ts'
import { isOvertaken, type Said } from './said.ts'

/** What a person said of an edit. */
type Verdict = {
  verdict: Exclude<VerdictName, 'none'>
  by?: string
  at?: string
  note?: string
  image?: number
  redo?: string
}
type Picture = { index: number; thumbhash?: string; width?: number; height?: number; bytes?: number }

/** An edit as a row of its batch; `images` and `sources` have what is known of the pictures. */
export type RowView = Omit<Edit, 'images' | 'sources' | 'verdict'> & {
  images: (Edit['images'][number] & Picture)[]
  sources?: Picture[]
  verdict?: Verdict
  redoOf?: string
}

/** What a redo is asked with; what is absent is as it was. `seed` null: none, so that the picture is another one. */
export type RedoRequest = { prompt?: string; seed?: number | null; n?: number }

/**
 * Verdicts of many rows, which the producer writes one slice after another. `running` and `undoing` go on. `left`: rows that were
 * judged in between; `changedSince`: those that an undo left alone.
 */
export type Operation = {
  id: string
  matched: number
  done: number
  state: 'running' | 'done' | 'aborted' | 'undoing' | 'undone'
  left?: number
  restored?: number
  changedSince?: number
}

/** The pictures' addresses never change what they show: an edit is one take. */
export const imageAddress = (edit: string, index: number, size: 320 | 960 | 'full'): string =>
  `/v1/edits/${encodeURIComponent(edit)}/images/${index}${size === 'full' ? '' : `/${size}`}`
export const sourceAddress = (edit: string, index: number, size: 320 | 960 | 'full'): string =>
  `/v1/edits/${encodeURIComponent(edit)}/sources/${index}/${size}`

export type MapAnswer =
  | { kind: 'same' }
  | { kind: 'map'; etag: string | null; bytes: Uint8Array; names: string; rows: string }

type Sent = { method?: string; body?: string; headers?: Record<string, string>; signal?: AbortSignal }

async function send(path: string, init: Sent = {}): Promise<Response> {
  const response = await fetch(path, {
    ...init,
    headers: {
      ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
      'x-restyle-console': '1',
      ...init.headers,
    },
  })
  if (response.ok || response.status === 304) return response
  const requestId = response.headers.get('x-request-id')
  throw readRefusal(location.origin, await response.text(), {
    call: `${init.method ?? 'GET'} ${path.split('?')[0]}`,
    status: response.status,
    ...(requestId === null ? {} : { requestId }),
  })
}

/** Another one for each wish. A page that came over plain http has no `randomUUID`. */
export const newKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')

const json = async <Body>(path: string, init?: Sent): Promise<Body> =>
  (await send(path, init)).json() as Promise<Body>
const post = (body: object): Sent => ({ method: 'POST', body: JSON.stringify(body) })
const batchPath = (batch: string) => `/v1/batches/${encodeURIComponent(batch)}`
const editPath = (edit: string) => `/v1/edits/${encodeURIComponent(edit)}`

/** What the gallery and the viewer ask of the API. Every call throws `ApiError`. */
export const rowsApi = {
  map: async (batch: string, etag: string | null, signal: AbortSignal): Promise<MapAnswer> => {
    const response = await send(`${batchPath(batch)}/map`, {
      signal,
      headers: etag === null ? {} : { 'if-none-match': etag },
    })
    if (response.status === 304) return { kind: 'same' }
    return {
      kind: 'map',
      etag: response.headers.get('etag'),
      bytes: new Uint8Array(await response.arrayBuffer()),
      names: response.headers.get('x-restyle-planes') ?? '',
      rows: response.headers.get('x-restyle-rows') ?? '',
    }
  },
  /** Rows count from 1 here, as they are asked for; an edit tells its row counted from 0. */
  rows: async (batch: string, rows: string, signal: AbortSignal): Promise<RowView[]> => {
    const answer = await json<{ edits: RowView[] }>(`${batchPath(batch)}/edits?rows=${rows}`, { signal })
    return answer.edits.map((edit) => (edit.row === undefined ? edit : { ...edit, row: edit.row + 1 }))
  },
  takes: async (edit: string, signal: AbortSignal): Promise<RowView[]> =>
    (await json<{ edits: RowView[] }>(`${editPath(edit)}/takes`, { signal })).edits,
  /**
   * Stores a verdict where nobody has decided since `before` was shown, else throws with who did. The tag of what is decided on is
   * asked for first: rows are read without it.
   */
  decide: async (edit: string, change: { before: Said; after: Said }): Promise<void> => {
    const { verdict, image, redo } = change.after
    const path = `${editPath(edit)}/verdict`
    const response = await send(path)
    const said = (await response.json()) as Partial<Verdict> & { verdict: Verdict['verdict'] | null }
    if (isOvertaken({ ...said, verdict: said.verdict ?? 'none' }, change))
      throw new ApiError(
        'precondition-failed',
        `The key ${said.by} has decided otherwise: ${said.verdict}.`,
        {
          call: `PUT ${path}`,
          status: 412,
        },
      )
    const tag = response.headers.get('etag')
    await send(path, {
      method: 'PUT',
      body: JSON.stringify({
        verdict: verdict === 'none' ? null : verdict,
        ...(image === undefined ? {} : { image }),
        ...(redo === undefined ? {} : { redo }),
      }),
      headers: tag === null ? {} : { 'if-match': tag },
    })
  },
  decideMany: (batch: string, many: Many, key: string) =>
    json<Operation>(`${batchPath(batch)}/verdicts`, { ...post(many), headers: { 'idempotency-key': key } }),
  redo: (edit: string, request: RedoRequest, key: string) =>
    json<RowView>(`${editPath(edit)}/redo`, { ...post(request), headers: { 'idempotency-key': key } }),
  redoForecast: (edit: string, request: RedoRequest, signal: AbortSignal) =>
    json<ForecastAnswer>(`${editPath(edit)}/redo/forecast`, { ...post(request), signal }),
  operation: (id: string) => json<Operation>(`/v1/operations/${encodeURIComponent(id)}`),
  undo: (id: string) => json<Operation>(`/v1/operations/${encodeURIComponent(id)}/undo`, post({})),
}
