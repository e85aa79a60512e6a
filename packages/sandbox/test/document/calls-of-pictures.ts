import type { Call } from './call.ts'

/** The pictures of an edit. `{…}` in an address is filled from `ids`. */
export const callsOfPictures: Record<string, readonly [Call, ...Call[]]> = {
  'get /v1/edits/{id}/images/{index}': [
    { url: '/v1/edits/{edit}/images/0', status: 409 },
    { url: '/v1/edits/{edit}/images/9', status: 404 },
    { url: '/v1/edits/{edit}/images/x', status: 400 },
    { url: '/v1/edits/none/images/0', status: 404 },
  ],
  'get /v1/edits/{id}/images/{index}/{side}': [
    { url: '/v1/edits/{edit}/images/0/320', status: 409 },
    { url: '/v1/edits/{edit}/images/0/321', status: 400 },
    { url: '/v1/edits/none/images/0/320', status: 404 },
  ],
  'get /v1/edits/{id}/sources/{index}': [
    { url: '/v1/edits/{edit}/sources/9', status: 404 },
    { url: '/v1/edits/{edit}/sources/x', status: 400 },
    { url: '/v1/edits/none/sources/0', status: 404 },
  ],
  'get /v1/edits/{id}/sources/{index}/{side}': [
    { url: '/v1/edits/{edit}/sources/9/320', status: 404 },
    { url: '/v1/edits/{edit}/sources/0/x', status: 400 },
    { url: '/v1/edits/none/sources/0/full', status: 404 },
  ],
  'get /v1/edits/{id}/links': [
    { url: '/v1/edits/{edit}/links', status: 200 },
    { url: '/v1/edits/none/links', status: 404 },
  ],
}
