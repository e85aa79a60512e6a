import { readRefusal } from '@restyle/client/read-refusal'
import type { ForecastAnswer } from '@restyle/client/types'

/** What a redo is asked with; what is absent is as it was. `seed` null: none, so that the picture is another one. */
export type RedoRequest = { prompt?: string; seed?: number | null; n?: number }

async function post<Body>(path: string, body: object, more: RequestInit): Promise<Body> {
  const response = await fetch(path, {
    ...more,
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', 'x-restyle-console': '1', ...more.headers },
  })
  if (response.ok) return (await response.json()) as Body
  throw readRefusal(location.origin, await response.text(), { call: `POST ${path}`, status: response.status })
}
const path = (edit: string) => `/v1/edits/${encodeURIComponent(edit)}/redo`

export const redoApi = {
  redo: (edit: string, request: RedoRequest, key: string) =>
    post<{ id: string }>(path(edit), request, { headers: { 'idempotency-key': key } }),
  forecast: (edit: string, request: RedoRequest, signal: AbortSignal) =>
    post<ForecastAnswer>(`${path(edit)}/forecast`, request, { signal }),
}
