import type { Call } from './call.ts'

/** What the routes of event groups are called with (calls.ts). */
export const callsOfGroups: Record<string, readonly [Call, ...Call[]]> = {
  'put /v1/event-groups/{name}': [
    { url: '/v1/event-groups/studio', payload: {}, status: 201 },
    { url: '/v1/event-groups/warehouse', payload: {}, status: 200 },
    { url: '/v1/event-groups/warehouse', payload: { attempts: 0 }, status: 422 },
    { url: '/v1/event-groups/Ware', payload: {}, status: 400 },
  ],
  'get /v1/event-groups': [{ status: 200 }],
  'get /v1/event-groups/{name}': [
    { url: '/v1/event-groups/warehouse', status: 200 },
    { url: '/v1/event-groups/warehouse', headers: { 'if-none-match': '*' }, status: 304 },
    { url: '/v1/event-groups/none', status: 404 },
  ],
  'post /v1/event-groups/{name}/pull': [
    { url: '/v1/event-groups/warehouse/pull', payload: {}, status: 200 },
    { url: '/v1/event-groups/warehouse/pull', payload: { limit: 0 }, status: 422 },
    { url: '/v1/event-groups/none/pull', payload: {}, status: 404 },
  ],
  'post /v1/event-groups/{name}/ack': [
    { url: '/v1/event-groups/warehouse/ack', payload: { receipts: ['1-1.1'] }, status: 200 },
    { url: '/v1/event-groups/none/ack', payload: { receipts: [] }, status: 404 },
  ],
  'post /v1/event-groups/{name}/return': [
    { url: '/v1/event-groups/warehouse/return', payload: { receipts: ['1-1.1'] }, status: 200 },
    { url: '/v1/event-groups/none/return', payload: { receipts: [] }, status: 404 },
  ],
  'post /v1/event-groups/{name}/extend': [
    { url: '/v1/event-groups/warehouse/extend', payload: { receipts: ['1-1.1'] }, status: 200 },
    { url: '/v1/event-groups/none/extend', payload: { receipts: [] }, status: 404 },
  ],
  'get /v1/event-groups/{name}/dead': [
    { url: '/v1/event-groups/warehouse/dead', status: 200 },
    { url: '/v1/event-groups/warehouse/dead?cursor=x', status: 400 },
    { url: '/v1/event-groups/none/dead', status: 404 },
  ],
  'post /v1/event-groups/{name}/dead/retry': [
    { url: '/v1/event-groups/warehouse/dead/retry', payload: {}, status: 200 },
    { url: '/v1/event-groups/none/dead/retry', payload: {}, status: 404 },
  ],
  'post /v1/event-groups/{name}/dead/drop': [
    { url: '/v1/event-groups/warehouse/dead/drop', payload: {}, status: 200 },
    { url: '/v1/event-groups/none/dead/drop', payload: {}, status: 404 },
  ],
  'delete /v1/event-groups/{name}': [
    { url: '/v1/event-groups/old', status: 200 },
    { url: '/v1/event-groups/old', status: 404 },
  ],
}
