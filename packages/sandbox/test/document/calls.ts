import type { Call } from './call.ts'
import { callsOfGroups } from './calls-of-groups.ts'
import { callsOfPictures } from './calls-of-pictures.ts'
import { callsOfVerdicts } from './calls-of-verdicts.ts'
import { callsOfSearch } from './calls-of-search.ts'
import { callsOfWebhooks } from './calls-of-webhooks.ts'
import { fine } from '../producer/open-producer.ts'

export const json = { 'content-type': 'application/json' }
export const schedule = {
  cron: '0 0 29 2 *',
  timeZone: 'UTC',
  manifest: 'https://cdn.example.com/a.csv',
  prompt: 'on oak',
}

const lines = { 'content-type': 'application/x-ndjson' }
const bytes = { 'content-type': 'image/png' }

/** What each route is called with, and what it answers. `{…}` in an address is filled from `ids`. A new route needs a row. */
export const rows: Record<string, readonly [Call, ...Call[]]> = {
  'get /healthz': [{ status: 200 }],
  'get /readyz': [{ status: 200 }],
  'get /v1/models': [{ status: 200 }, { headers: { accept: 'text/html' }, status: 406 }],
  'post /v1/console/session': [{ status: 200 }],
  'get /v1/console/session': [{ status: 200 }],
  'delete /v1/console/session': [{ status: 200 }],
  'get /v1/console/sessions': [{ status: 200 }],
  'delete /v1/console/sessions/{id}': [
    { url: '/v1/console/sessions/{session}', status: 200 },
    { url: '/v1/console/sessions/none', status: 404 },
  ],
  'post /v1/edits': [
    { payload: fine, headers: { 'idempotency-key': 'a' }, status: 202 },
    { payload: fine, headers: { 'idempotency-key': '"a"' }, status: 200 },
    { payload: { ...fine, n: 2 }, headers: { 'idempotency-key': 'a' }, status: 422 },
    { payload: 'x'.repeat(300_000), headers: json, status: 413 },
  ],
  'get /v1/edits': [
    { status: 200 },
    { url: '/v1/edits?limit=1', status: 200 },
    { url: '/v1/edits?cursor=x', status: 400 },
    { url: '/v1/edits?batch=batch_none', status: 404 },
  ],
  'get /v1/edits/{id}': [
    { url: '/v1/edits/{edit}', status: 200 },
    { url: '/v1/edits/{edit}', headers: { 'if-none-match': '*' }, status: 304 },
    { url: '/v1/edits/none', status: 404 },
  ],
  ...callsOfPictures,
  'get /v1/edits/{id}/takes': [
    { url: '/v1/edits/{edit}/takes', status: 200 },
    { url: '/v1/edits/none/takes', status: 404 },
  ],
  'post /v1/edits/{id}/pause': [
    { url: '/v1/edits/{waits}/pause', status: 200 },
    { url: '/v1/edits/none/pause', status: 404 },
  ],
  'post /v1/edits/{id}/resume': [
    { url: '/v1/edits/{waits}/resume', status: 200 },
    { url: '/v1/edits/none/resume', status: 404 },
  ],
  'post /v1/edits/{id}/cancel': [
    { url: '/v1/edits/{waits}/cancel', status: 200 },
    { url: '/v1/edits/none/cancel', status: 404 },
  ],
  'post /v1/edits/{id}/resolution': [
    { url: '/v1/edits/{edit}/resolution', payload: { action: 'drop' }, status: 409 },
    { url: '/v1/edits/{edit}/resolution', payload: { action: 'x' }, status: 422 },
    { url: '/v1/edits/none/resolution', payload: { action: 'drop' }, status: 404 },
  ],
  ...callsOfSearch,
  'get /v1/reviews': [{ status: 200 }, { url: '/v1/reviews?limit=x', status: 400 }],
  'post /v1/batches': [
    { payload: { edits: [fine] }, headers: { 'idempotency-key': 'b' }, status: 202 },
    { payload: { edits: [fine] }, headers: { 'idempotency-key': 'b' }, status: 200 },
    { payload: { edits: [fine, fine] }, headers: { 'idempotency-key': 'b' }, status: 422 },
    { payload: { edits: [{}] }, status: 422 },
  ],
  'get /v1/batches': [{ status: 200 }, { url: '/v1/batches?state=x', status: 400 }],
  'get /v1/batches/{id}': [
    { url: '/v1/batches/{batch}', status: 200 },
    { url: '/v1/batches/{batch}', headers: { 'if-none-match': '*' }, status: 304 },
    { url: '/v1/batches/none', status: 404 },
  ],
  'patch /v1/batches/{id}': [
    { url: '/v1/batches/{batch}', payload: { priority: 7 }, status: 200 },
    { url: '/v1/batches/{batch}', payload: { priority: 8 }, headers: { 'if-match': '"x.y"' }, status: 412 },
    { url: '/v1/batches/{batch}', payload: {}, status: 422 },
    { url: '/v1/batches/none', payload: { priority: 7 }, status: 404 },
  ],
  'get /v1/batches/{id}/edits': [
    { url: '/v1/batches/{batch}/edits?limit=1', status: 200 },
    { url: '/v1/batches/{batch}/edits?rows=1-2,7', status: 200 },
    { url: '/v1/batches/{batch}/edits?rows=1-201', status: 400 },
    { url: '/v1/batches/none/edits', status: 404 },
  ],
  'get /v1/batches/{id}/map': [
    { url: '/v1/batches/{batch}/map', status: 200 },
    { url: '/v1/batches/{batch}/map?planes=redo,state', status: 200 },
    { url: '/v1/batches/{batch}/map?planes=colour', status: 400 },
    { url: '/v1/batches/{batch}/map', headers: { 'if-none-match': '*' }, status: 304 },
    { url: '/v1/batches/none/map', status: 404 },
  ],
  'get /v1/live': [
    { url: '/v1/live', status: 400 },
    { url: '/v1/live?batch=none', status: 404 },
    { url: '/v1/live?batch={batch}', headers: { 'last-event-id': 'x' }, status: 400 },
  ],
  'get /v1/batches/{id}/results': [
    { url: '/v1/batches/{batch}/results?links=60', status: 200 },
    { url: '/v1/batches/{batch}/results?format=csv', status: 200 },
    { url: '/v1/batches/{batch}/results?format=jsonl', status: 200 },
    { url: '/v1/batches/{batch}/results?format=csv&limit=1', status: 400 },
    { url: '/v1/batches/{batch}/results?state=failed&verdict=none', status: 400 },
    { url: '/v1/batches/none/results', status: 404 },
  ],
  'get /v1/batches/{id}/files': [
    { url: '/v1/batches/{batch}/files', status: 200 },
    { url: '/v1/batches/none/files', status: 404 },
  ],
  'put /v1/batches/{id}/rows/{first}': [
    { url: '/v1/batches/{open}/rows/1', payload: JSON.stringify(fine), headers: lines, status: 200 },
    { url: '/v1/batches/{open}/rows/1', payload: JSON.stringify(fine), headers: lines, status: 200 },
    { url: '/v1/batches/{open}/rows/9', payload: JSON.stringify(fine), headers: lines, status: 409 },
    { url: '/v1/batches/{open}/rows/2', payload: '{}', headers: lines, status: 422 },
    { url: '/v1/batches/{open}/rows/2?onFault=skip', payload: '{}', headers: lines, status: 200 },
    { url: '/v1/batches/none/rows/1', payload: JSON.stringify(fine), headers: lines, status: 404 },
  ],
  'get /v1/batches/{id}/rejects': [
    { url: '/v1/batches/{open}/rejects', status: 200 },
    { url: '/v1/batches/none/rejects', status: 404 },
  ],
  'post /v1/batches/{id}/close': [
    { url: '/v1/batches/{closed}/close', payload: { total: 0 }, status: 200 },
    { url: '/v1/batches/{open}/close', payload: { total: 7 }, status: 409 },
    { url: '/v1/batches/none/close', payload: { total: 1 }, status: 404 },
  ],
  'post /v1/batches/{id}/pause': [
    { url: '/v1/batches/{batch}/pause', status: 200 },
    { url: '/v1/batches/none/pause', status: 404 },
  ],
  'post /v1/batches/{id}/resume': [
    { url: '/v1/batches/{batch}/resume', status: 200 },
    { url: '/v1/batches/none/resume', status: 404 },
  ],
  'post /v1/batches/{id}/cancel': [
    { url: '/v1/batches/{canceled}/cancel', status: 200 },
    { url: '/v1/batches/none/cancel', status: 404 },
  ],
  'post /v1/batches/{id}/retry': [
    { url: '/v1/batches/{batch}/retry', payload: {}, status: 200 },
    { url: '/v1/batches/{canceled}/retry', payload: {}, status: 409 },
    { url: '/v1/batches/none/retry', payload: {}, status: 404 },
  ],
  'get /v1/catalogs/{name}': [{ url: '/v1/catalogs/a.csv', status: 200 }],
  'get /v1/catalogs/{name}/rows': [{ url: '/v1/catalogs/a.csv/rows', status: 200 }],
  'get /v1/events': [{ status: 200 }, { url: '/v1/events?cursor=x', status: 400 }],
  ...callsOfGroups,
  'put /v1/schedules/{name}': [
    { url: '/v1/schedules/leap-day', payload: schedule, status: 201 },
    { url: '/v1/schedules/nightly', payload: schedule, status: 200 },
    { url: '/v1/schedules/nightly', payload: schedule, headers: { 'if-none-match': '*' }, status: 412 },
    { url: '/v1/schedules/nightly', payload: { ...schedule, cron: 'x' }, status: 422 },
  ],
  'get /v1/schedules': [{ status: 200 }],
  'get /v1/schedules/{name}': [
    { url: '/v1/schedules/nightly', status: 200 },
    { url: '/v1/schedules/nightly', headers: { 'if-none-match': '*' }, status: 304 },
    { url: '/v1/schedules/none', status: 404 },
  ],
  'post /v1/schedules/{name}/pause': [
    { url: '/v1/schedules/nightly/pause', status: 200 },
    { url: '/v1/schedules/none/pause', status: 404 },
  ],
  'post /v1/schedules/{name}/resume': [
    { url: '/v1/schedules/nightly/resume', status: 200 },
    { url: '/v1/schedules/none/resume', status: 404 },
  ],
  'post /v1/schedules/{name}/run': [
    { url: '/v1/schedules/nightly/run', status: 200 },
    { url: '/v1/schedules/none/run', status: 404 },
  ],
  'get /v1/schedules/{name}/runs': [
    { url: '/v1/schedules/nightly/runs', status: 200 },
    { url: '/v1/schedules/none/runs', status: 404 },
  ],
  'delete /v1/schedules/{name}': [
    { url: '/v1/schedules/old', headers: { 'if-match': '"x.y"' }, status: 412 },
    { url: '/v1/schedules/old', status: 200 },
    { url: '/v1/schedules/old', status: 404 },
  ],
  'get /v1/producer': [{ status: 200 }, { headers: { 'if-none-match': '*' }, status: 304 }],
  'post /v1/producer/pause': [{ status: 200 }],
  'post /v1/producer/resume': [{ status: 200 }],
  ...callsOfVerdicts,
  ...callsOfWebhooks,
  'get /v1/usage': [
    { status: 200 },
    { url: '/v1/usage?from=x', status: 400 },
    { url: '/v1/usage?producer=none', status: 404 },
  ],
  'post /v1/forecasts': [
    { payload: { rows: [{ model: 'wan2.5-i2i-preview', rows: 3 }] }, status: 200 },
    { payload: { rows: [{ model: 'none', rows: 3 }] }, status: 422 },
  ],
  'get /v1/lanes': [{ status: 200 }],
  'post /v1/lanes/{name}/pause': [
    { url: '/v1/lanes/l1/pause', status: 200 },
    { url: '/v1/lanes/none/pause', status: 404 },
  ],
  'post /v1/lanes/{name}/resume': [
    { url: '/v1/lanes/l1/resume', status: 200 },
    { url: '/v1/lanes/none/resume', status: 404 },
  ],
  'get /v1/producers': [
    { status: 200 },
    { url: '/v1/producers?limit=1', status: 200 },
    { url: '/v1/producers?cursor=x', status: 400 },
  ],
  'get /v1/producers/{name}': [
    { url: '/v1/producers/mine', status: 200 },
    { url: '/v1/producers/mine', headers: { 'if-none-match': '*' }, status: 304 },
    { url: '/v1/producers/none', status: 404 },
  ],
  'post /v1/keys': [
    { payload: { producer: 'mine' }, status: 201 },
    { payload: { producer: 'No' }, status: 422 },
  ],
  'get /v1/keys': [
    { status: 200 },
    { url: '/v1/keys?limit=1', status: 200 },
    { url: '/v1/keys?cursor=x', status: 400 },
  ],
  'get /v1/keys/{id}': [
    { url: '/v1/keys/{key}', status: 200 },
    { url: '/v1/keys/{key}', headers: { 'if-none-match': '*' }, status: 304 },
    { url: '/v1/keys/none', status: 404 },
  ],
  'post /v1/keys/{id}/rotate': [
    { url: '/v1/keys/{key}/rotate', payload: {}, status: 200 },
    { url: '/v1/keys/none/rotate', payload: {}, status: 404 },
  ],
  'delete /v1/keys/{id}': [
    { url: '/v1/keys/{key}', status: 200 },
    { url: '/v1/keys/none', status: 404 },
  ],
  'get /v1/key': [{ status: 200 }, { headers: { 'if-none-match': '*' }, status: 304 }],
  'post /v1/key/rotate': [
    { payload: {}, status: 200 },
    { payload: { overlapSeconds: 1 }, status: 422 },
  ],
  'patch /v1/producers/{name}': [
    { url: '/v1/producers/mine', payload: { weight: 2 }, status: 200 },
    { url: '/v1/producers/mine', payload: { weight: 3 }, headers: { 'if-match': '"x.y"' }, status: 412 },
    { url: '/v1/producers/none', payload: { weight: 2 }, status: 404 },
    { url: '/v1/producers/mine', payload: {}, status: 422 },
  ],
  'put /v1/sources/{sha256}': [
    { url: '/v1/sources/{sha256}', payload: 'picture', headers: bytes, status: 201 },
    { url: '/v1/sources/{sha256}', payload: 'picture', headers: bytes, status: 200 },
    { url: `/v1/sources/${'0'.repeat(64)}`, payload: 'picture', headers: bytes, status: 422 },
  ],
  'head /v1/sources/{sha256}': [
    { url: '/v1/sources/{sha256}', status: 200 },
    { url: `/v1/sources/${'0'.repeat(64)}`, status: 404 },
  ],
  'get /v1/sources/{sha256}': [
    { url: '/v1/sources/{sha256}', status: 200 },
    { url: '/v1/sources/{sha256}', headers: { 'if-none-match': '*' }, status: 304 },
    { url: `/v1/sources/${'0'.repeat(64)}`, status: 404 },
  ],
}
