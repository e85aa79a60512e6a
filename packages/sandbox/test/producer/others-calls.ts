import { fine } from './open-producer.ts'

/** A call of a route with the id of another, and the status of the answer; or why there is none. */
export type OthersCall =
  | { url: () => string; payload?: object; lines?: true; status: number }
  | 'creates'
  | 'holds nobody’s'

/**
 * What another's key gets of each route: the answer's status, and whether the answer may hold anything. A new route needs a row.
 * `ids` are those of the other, by kind; they are read when a call is made.
 */
export function othersCalls(ids: Readonly<Record<string, string>>): Record<string, OthersCall> {
  return {
    'post /v1/edits': 'creates',
    'get /v1/edits/{id}': { url: () => `/v1/edits/${ids['edit']}`, status: 404 },
    'post /v1/batches': 'creates',
    'get /v1/batches/{id}': { url: () => `/v1/batches/${ids['batch']}`, status: 404 },
    'patch /v1/batches/{id}': {
      url: () => `/v1/batches/${ids['batch']}`,
      payload: { priority: 9 },
      status: 404,
    },
    'get /v1/batches/{id}/edits': { url: () => `/v1/batches/${ids['batch']}/edits`, status: 404 },
    'get /v1/batches/{id}/map': { url: () => `/v1/batches/${ids['batch']}/map`, status: 404 },
    'get /v1/batches/{id}/rows': { url: () => `/v1/batches/${ids['batch']}/rows?q=a`, status: 404 },
    'get /v1/edits/{id}/forecast': { url: () => `/v1/edits/${ids['edit']}/forecast`, status: 404 },
    'get /v1/edits/{id}/sources/{index}': { url: () => `/v1/edits/${ids['edit']}/sources/0`, status: 404 },
    'get /v1/live': { url: () => `/v1/live?batch=${ids['batch']}`, status: 404 },
    'get /v1/batches/{id}/results': { url: () => `/v1/batches/${ids['batch']}/results`, status: 404 },
    'get /v1/batches/{id}/files': { url: () => `/v1/batches/${ids['batch']}/files`, status: 404 },
    'get /v1/edits/{id}/images/{index}': { url: () => `/v1/edits/${ids['edit']}/images/0`, status: 404 },
    'get /v1/edits/{id}/images/{index}/{side}': {
      url: () => `/v1/edits/${ids['edit']}/images/0/320`,
      status: 404,
    },
    'get /v1/edits/{id}/sources/{index}/{side}': {
      url: () => `/v1/edits/${ids['edit']}/sources/0/full`,
      status: 404,
    },
    'get /v1/edits/{id}/links': { url: () => `/v1/edits/${ids['edit']}/links`, status: 404 },
    'get /v1/batches/{id}/rejects': { url: () => `/v1/batches/${ids['batch']}/rejects`, status: 404 },
    'put /v1/batches/{id}/rows/{first}': {
      url: () => `/v1/batches/${ids['batch']}/rows/1`,
      payload: fine,
      lines: true,
      status: 404,
    },
    'post /v1/batches/{id}/close': {
      url: () => `/v1/batches/${ids['batch']}/close`,
      payload: { total: 1 },
      status: 404,
    },
    'post /v1/edits/{id}/redo': { url: () => `/v1/edits/${ids['edit']}/redo`, payload: {}, status: 404 },
    'post /v1/edits/{id}/redo/forecast': {
      url: () => `/v1/edits/${ids['edit']}/redo/forecast`,
      payload: {},
      status: 404,
    },
    'get /v1/edits/{id}/verdict': { url: () => `/v1/edits/${ids['edit']}/verdict`, status: 404 },
    'put /v1/edits/{id}/verdict': {
      url: () => `/v1/edits/${ids['edit']}/verdict`,
      payload: { verdict: 'approved' },
      status: 404,
    },
    'post /v1/batches/{id}/verdicts': {
      url: () => `/v1/batches/${ids['batch']}/verdicts`,
      payload: { verdict: 'approved', where: {} },
      status: 404,
    },
    'get /v1/operations/{id}': { url: () => `/v1/operations/${ids['operation']}`, status: 404 },
    'post /v1/operations/{id}/abort': { url: () => `/v1/operations/${ids['operation']}/abort`, status: 404 },
    'post /v1/operations/{id}/undo': { url: () => `/v1/operations/${ids['operation']}/undo`, status: 404 },
    // their stream and their lists would break the page, if they were read
    'get /v1/events': { url: () => '/v1/events', status: 200 },
    'get /v1/event-groups': { url: () => '/v1/event-groups', status: 200 },
    'put /v1/event-groups/{name}': 'creates',
    'get /v1/event-groups/{name}': { url: () => '/v1/event-groups/theirs', status: 404 },
    'delete /v1/event-groups/{name}': { url: () => '/v1/event-groups/theirs', status: 404 },
    'post /v1/event-groups/{name}/pull': {
      url: () => '/v1/event-groups/theirs/pull',
      payload: {},
      status: 404,
    },
    'post /v1/event-groups/{name}/ack': {
      url: () => '/v1/event-groups/theirs/ack',
      payload: { receipts: ['1-1.1'] },
      status: 404,
    },
    'post /v1/event-groups/{name}/return': {
      url: () => '/v1/event-groups/theirs/return',
      payload: { receipts: ['1-1.1'] },
      status: 404,
    },
    'post /v1/event-groups/{name}/extend': {
      url: () => '/v1/event-groups/theirs/extend',
      payload: { receipts: ['1-1.1'] },
      status: 404,
    },
    'get /v1/event-groups/{name}/dead': { url: () => '/v1/event-groups/theirs/dead', status: 404 },
    'post /v1/event-groups/{name}/dead/retry': {
      url: () => '/v1/event-groups/theirs/dead/retry',
      payload: {},
      status: 404,
    },
    'post /v1/event-groups/{name}/dead/drop': {
      url: () => '/v1/event-groups/theirs/dead/drop',
      payload: {},
      status: 404,
    },
    'get /v1/batches': { url: () => '/v1/batches', status: 200 },
    'get /v1/catalogs/{name}': { url: () => '/v1/catalogs/theirs.csv', status: 200 },
    'get /v1/catalogs/{name}/rows': { url: () => '/v1/catalogs/theirs.csv/rows', status: 200 },
    'get /v1/edits': { url: () => '/v1/edits', status: 200 },
    'get /v1/failures': { url: () => '/v1/failures', status: 200 },
    'get /v1/search': { url: () => '/v1/search?q=key:a', status: 200 },
    'get /v1/reviews': { url: () => '/v1/reviews', status: 200 },
    'post /v1/edits/{id}/resolution': {
      url: () => `/v1/edits/${ids['edit']}/resolution`,
      payload: { action: 'drop' },
      status: 404,
    },
    'post /v1/batches/{id}/cancel': { url: () => `/v1/batches/${ids['batch']}/cancel`, status: 404 },
    'post /v1/batches/{id}/pause': { url: () => `/v1/batches/${ids['batch']}/pause`, status: 404 },
    'post /v1/batches/{id}/resume': { url: () => `/v1/batches/${ids['batch']}/resume`, status: 404 },
    'post /v1/batches/{id}/retry': {
      url: () => `/v1/batches/${ids['batch']}/retry`,
      payload: {},
      status: 404,
    },
    'get /v1/edits/{id}/history': { url: () => `/v1/edits/${ids['edit']}/history`, status: 404 },
    'get /v1/edits/{id}/takes': { url: () => `/v1/edits/${ids['edit']}/takes`, status: 404 },
    'post /v1/edits/{id}/cancel': { url: () => `/v1/edits/${ids['edit']}/cancel`, status: 404 },
    'post /v1/edits/{id}/pause': { url: () => `/v1/edits/${ids['edit']}/pause`, status: 404 },
    'post /v1/edits/{id}/resume': { url: () => `/v1/edits/${ids['edit']}/resume`, status: 404 },
    // theirs would break it, if it were read
    'get /v1/usage': { url: () => '/v1/usage', status: 200 },
    'get /v1/producer': { url: () => '/v1/producer', status: 200 },
    'post /v1/producer/pause': { url: () => '/v1/producer/pause', status: 200 },
    'post /v1/producer/resume': { url: () => '/v1/producer/resume', status: 200 },
    // of the installation, for keys with the scope `admin`
    'get /v1/lanes': 'holds nobody’s',
    'post /v1/lanes/{name}/pause': 'holds nobody’s',
    'post /v1/lanes/{name}/resume': 'holds nobody’s',
    'get /v1/producers': 'holds nobody’s',
    'get /v1/producers/{name}': 'holds nobody’s',
    'patch /v1/producers/{name}': 'holds nobody’s',
    'put /v1/sources/{sha256}': 'creates',
    'get /v1/sources/{sha256}': { url: () => `/v1/sources/${ids['sha256']}`, status: 404 },
    'head /v1/sources/{sha256}': { url: () => `/v1/sources/${ids['sha256']}`, status: 404 },
    // their list would break it, if it were read
    'get /v1/schedules': { url: () => '/v1/schedules', status: 200 },
    'get /v1/schedules/{name}': { url: () => '/v1/schedules/theirs', status: 404 },
    'get /v1/schedules/{name}/runs': { url: () => '/v1/schedules/theirs/runs', status: 404 },
    'put /v1/schedules/{name}': 'creates',
    'post /v1/schedules/{name}/pause': { url: () => '/v1/schedules/theirs/pause', status: 404 },
    'post /v1/schedules/{name}/resume': { url: () => '/v1/schedules/theirs/resume', status: 404 },
    'post /v1/schedules/{name}/run': { url: () => '/v1/schedules/theirs/run', status: 404 },
    'delete /v1/schedules/{name}': { url: () => '/v1/schedules/theirs', status: 404 },
    // of the installation, for keys with the scope `admin`
    'get /v1/keys': 'holds nobody’s',
    'post /v1/keys': 'holds nobody’s',
    'get /v1/keys/{id}': 'holds nobody’s',
    'delete /v1/keys/{id}': 'holds nobody’s',
    'post /v1/keys/{id}/rotate': 'holds nobody’s',
    // the key of the request
    'get /v1/key': 'holds nobody’s',
    'post /v1/key/rotate': 'holds nobody’s',
    'post /v1/webhooks': 'creates',
    // their list would break it, if it were read
    'get /v1/webhooks': { url: () => '/v1/webhooks', status: 200 },
    'get /v1/webhooks/{id}': { url: () => `/v1/webhooks/${ids['webhook']}`, status: 404 },
    'patch /v1/webhooks/{id}': {
      url: () => `/v1/webhooks/${ids['webhook']}`,
      payload: { description: 'ours' },
      status: 404,
    },
    'post /v1/webhooks/{id}/rotate': {
      url: () => `/v1/webhooks/${ids['webhook']}/rotate`,
      payload: {},
      status: 404,
    },
    'post /v1/webhooks/{id}/test': { url: () => `/v1/webhooks/${ids['webhook']}/test`, status: 404 },
    'get /v1/webhooks/{id}/deliveries': {
      url: () => `/v1/webhooks/${ids['webhook']}/deliveries`,
      status: 404,
    },
    'post /v1/webhooks/{id}/replay': {
      url: () => `/v1/webhooks/${ids['webhook']}/replay`,
      payload: { skipped: true },
      status: 404,
    },
    'delete /v1/webhooks/{id}': { url: () => `/v1/webhooks/${ids['webhook']}`, status: 404 },
    // of the key of the request
    'post /v1/console/session': 'creates',
    'get /v1/console/session': 'holds nobody’s',
    'delete /v1/console/session': 'holds nobody’s',
    'get /v1/console/sessions': { url: () => '/v1/console/sessions', status: 200 },
    'delete /v1/console/sessions/{id}': {
      url: () => `/v1/console/sessions/${ids['session']}`,
      status: 404,
    },
    'get /v1/models': 'holds nobody’s',
    // how long others keep the lanes busy is in its times, and not who they are
    'post /v1/forecasts': 'holds nobody’s',
    'get /healthz': 'holds nobody’s',
    'get /readyz': 'holds nobody’s',
  }
}
