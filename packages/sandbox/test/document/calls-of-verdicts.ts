import type { Call } from './call.ts'

/** What the routes of verdicts are called with (calls.ts). */
export const callsOfVerdicts: Record<string, readonly [Call, ...Call[]]> = {
  'get /v1/edits/{id}/verdict': [
    { url: '/v1/edits/{edit}/verdict', status: 200 },
    { url: '/v1/edits/{edit}/verdict', headers: { 'if-none-match': '*' }, status: 304 },
    { url: '/v1/edits/none/verdict', status: 404 },
  ],
  'put /v1/edits/{id}/verdict': [
    { url: '/v1/edits/{edit}/verdict', payload: { verdict: 'approved' }, status: 409 },
    { url: '/v1/edits/{edit}/verdict', payload: { verdict: null, note: 'x' }, status: 422 },
    { url: '/v1/edits/none/verdict', payload: { verdict: 'approved' }, status: 404 },
  ],
  'post /v1/edits/{id}/redo': [
    { url: '/v1/edits/{edit}/redo', payload: {}, status: 409 },
    { url: '/v1/edits/{edit}/redo', payload: { model: 'x' }, status: 422 },
    { url: '/v1/edits/none/redo', payload: {}, status: 404 },
  ],
  'post /v1/edits/{id}/redo/forecast': [
    { url: '/v1/edits/{edit}/redo/forecast', payload: { n: 2 }, status: 200 },
    { url: '/v1/edits/none/redo/forecast', payload: {}, status: 404 },
  ],
  'post /v1/batches/{id}/verdicts': [
    { url: '/v1/batches/{batch}/verdicts', payload: { verdict: 'approved', where: {} }, status: 202 },
    { url: '/v1/batches/{batch}/verdicts', payload: { verdict: 'approved', rows: '0-x' }, status: 422 },
    { url: '/v1/batches/{batch}/verdicts', payload: { verdict: 'approved' }, status: 422 },
    {
      url: '/v1/batches/{batch}/verdicts',
      payload: { verdict: 'approved', where: {}, mapVersion: 1 },
      status: 412,
    },
    { url: '/v1/batches/none/verdicts', payload: { verdict: 'approved', where: {} }, status: 404 },
  ],
  'get /v1/operations/{id}': [
    { url: '/v1/operations/{operation}', status: 200 },
    { url: '/v1/operations/none', status: 404 },
  ],
  'post /v1/operations/{id}/abort': [
    { url: '/v1/operations/{operation}/abort', status: 202 },
    { url: '/v1/operations/none/abort', status: 404 },
  ],
  'post /v1/operations/{id}/undo': [
    { url: '/v1/operations/{operation}/undo', status: 202 },
    { url: '/v1/operations/none/undo', status: 404 },
  ],
}
