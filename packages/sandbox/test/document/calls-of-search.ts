import type { Call } from './call.ts'

/** Calls that look for edits, and for what failed. */
export const callsOfSearch: Record<string, readonly [Call, ...Call[]]> = {
  'get /v1/edits/{id}/history': [
    { url: '/v1/edits/{edit}/history', status: 200 },
    { url: '/v1/edits/none/history', status: 404 },
  ],
  'get /v1/edits/{id}/forecast': [
    { url: '/v1/edits/{edit}/forecast', status: 200 },
    { url: '/v1/edits/none/forecast', status: 404 },
  ],
  'get /v1/batches/{id}/rows': [
    { url: '/v1/batches/{batch}/rows?q=key:a*', status: 200 },
    { url: '/v1/batches/{batch}/rows?q=state:failed', status: 400 },
    { url: '/v1/batches/{batch}/rows?q=a&from=0', status: 400 },
    { url: '/v1/batches/none/rows?q=a', status: 404 },
  ],
  'get /v1/failures': [
    { status: 200 },
    { url: '/v1/failures?since=x', status: 400 },
    { url: '/v1/failures?batch=batch_none', status: 404 },
  ],
  'get /v1/search': [
    { url: '/v1/search?q=a', status: 200 },
    { url: '/v1/search?q=sku:1', status: 400 },
    { url: '/v1/search?q=a&cursor=x', status: 400 },
  ],
}
