import type { Call } from './call.ts'

const hook = 'https://47.95.0.1/hook'
const noHook = '/v1/webhooks/webhook_00000000000000000000000000'

/** What the routes of webhooks are called with (calls.ts). */
export const callsOfWebhooks: Record<string, readonly [Call, ...Call[]]> = {
  'post /v1/webhooks': [
    { payload: { url: hook }, headers: { 'idempotency-key': 'hook' }, status: 201 },
    { payload: { url: hook }, headers: { 'idempotency-key': 'hook' }, status: 200 },
    { payload: { url: `${hook}/2` }, headers: { 'idempotency-key': 'hook' }, status: 422 },
    { payload: { url: 'https://127.0.0.1/' }, status: 422 },
  ],
  'get /v1/webhooks': [{ status: 200 }],
  'get /v1/webhooks/{id}': [
    { url: '/v1/webhooks/{webhook}', status: 200 },
    { url: '/v1/webhooks/{webhook}', headers: { 'if-none-match': '*' }, status: 304 },
    { url: noHook, status: 404 },
    { url: '/v1/webhooks/x', status: 400 },
  ],
  'patch /v1/webhooks/{id}': [
    { url: '/v1/webhooks/{webhook}', payload: { description: 'shop' }, status: 200 },
    {
      url: '/v1/webhooks/{webhook}',
      payload: { enabled: true },
      headers: { 'if-match': '"x.y"' },
      status: 412,
    },
    { url: '/v1/webhooks/{webhook}', payload: {}, status: 422 },
    { url: noHook, payload: { enabled: true }, status: 404 },
  ],
  'post /v1/webhooks/{id}/rotate': [
    { url: '/v1/webhooks/{webhook}/rotate', payload: {}, status: 200 },
    { url: '/v1/webhooks/{webhook}/rotate', payload: { keepHours: 1_000 }, status: 422 },
    { url: `${noHook}/rotate`, payload: {}, status: 404 },
  ],
  'post /v1/webhooks/{id}/test': [
    { url: '/v1/webhooks/{webhook}/test', status: 200 },
    { url: `${noHook}/test`, status: 404 },
  ],
  'get /v1/webhooks/{id}/deliveries': [
    { url: '/v1/webhooks/{webhook}/deliveries', status: 200 },
    { url: '/v1/webhooks/{webhook}/deliveries?cursor=x', status: 400 },
    { url: `${noHook}/deliveries`, status: 404 },
  ],
  'post /v1/webhooks/{id}/replay': [
    { url: '/v1/webhooks/{webhook}/replay', payload: { skipped: true }, status: 200 },
    { url: '/v1/webhooks/{webhook}/replay', payload: {}, status: 422 },
    { url: '/v1/webhooks/{stopped}/replay', payload: { skipped: true }, status: 409 },
    { url: `${noHook}/replay`, payload: { skipped: true }, status: 404 },
  ],
  'delete /v1/webhooks/{id}': [
    { url: '/v1/webhooks/{stopped}', headers: { 'if-match': '"x.y"' }, status: 412 },
    { url: '/v1/webhooks/{stopped}', status: 200 },
    { url: '/v1/webhooks/{stopped}', status: 404 },
  ],
}
