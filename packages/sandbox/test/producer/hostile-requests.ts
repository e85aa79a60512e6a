import { limits } from '@restyle/shared/contract/limits'

const image = 'https://cdn.example.com/a.jpg'
const edit = `{"prompt":"on an oak table","images":["${image}"]}`
const rows = (count: number, row: (i: number) => string = () => edit) =>
  Buffer.from(`{"edits":[${Array.from({ length: count }, (_, i) => row(i)).join(',')}]}`)
const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
const digest = (i: number) => `sha256:${i.toString(16).padStart(64, '0')}`

/** `rows`: the body is lines for an open batch; `pieces`: it comes in pieces of so many bytes. */
type Case = {
  method?: string
  path?: string
  rows?: true
  body: () => Buffer
  pieces?: number
  status: number
  detail?: RegExp
}

/** An edit of 256 KB at most. */
const single = (edit: object): Buffer =>
  Buffer.from(JSON.stringify({ prompt: 'x', images: [image], ...edit }))
const withPicture = (text: string) => Buffer.from(`{"prompt":"x","images":["data:image/png;base64,${text}"]}`)
const trap = (text: string) => Array.from({ length: 16 }, () => text.slice(0, 4_096))
const refusedCursor = { method: 'GET', body: () => Buffer.alloc(0), status: 400 }

/** Up to 8 MiB of lines. */
const lines = (count: number, line: (i: number) => string) =>
  Buffer.from(Array.from({ length: count }, (_, i) => `${line(i)}\n`).join('')).subarray(0, limits.chunkBytes)
const metadata = JSON.stringify(
  Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`name ${i}`, 'x'.repeat(150)])),
)

/** Whatever one request may try to keep a producer busy with. */
export const hostileRequests: Record<string, Case> = {
  'a row with 1,000,000 addresses': {
    body: () => rows(1, () => `{"prompt":"x","images":[${`"${image}",`.repeat(999_999)}"${image}"]}`),
    status: 422,
    detail: /edits\/0 has a part of over 262144 bytes/,
  },
  'an edit with 60,000 addresses': {
    path: '/v1/edits',
    body: () => Buffer.from(`{"prompt":"x","images":[${'"",'.repeat(60_000)}""]}`),
    status: 422,
    detail: /images has 60001 addresses; at most 16 are read/,
  },
  '20,000 rows, each with a list too long': {
    body: () => rows(20_000, () => `{"prompt":"x","images":[${'"",'.repeat(99)}""]}`),
    status: 422,
    detail: /There are 20000 faults/,
  },
  '40 rows of 80,000 addresses each': {
    body: () => rows(40, () => `{"prompt":"x","images":[${'"",'.repeat(80_000)}""]}`),
    status: 422,
    detail: /There are 40 faults/,
  },
  '20 MB of nested lists in a row': {
    body: () => rows(1, () => deep(10_000_000)),
    status: 422,
    detail: /edits\/0 is nested deeper than 8 levels/,
  },
  '20 MB of nested lists as a name': {
    body: () => Buffer.from(`{"name":${deep(10_000_000)},"edits":[]}`),
    status: 422,
    detail: /name is nested deeper/,
  },
  '20 MB of nested objects in a row': {
    body: () => rows(1, () => '{"a":'.repeat(3_000_000) + '1' + '}'.repeat(3_000_000)),
    status: 422,
    detail: /nested deeper/,
  },
  'nested lists as an edit': {
    path: '/v1/edits',
    body: () => Buffer.from(deep(130_000)),
    status: 422,
    detail: /must be an object/,
  },
  '60,000 pictures that were not uploaded': {
    body: () => rows(60_000, (i) => `{"prompt":"x","images":["${digest(i)}"]}`),
    status: 422,
    detail: /There are 1\d\d faults, of which the first 100 are listed/,
  },
  '20 MB of blanks': { body: () => Buffer.alloc(20_000_000, ' '), status: 422, detail: /over 262144 bytes/ },
  '20 MB of quotes in a string': {
    body: () => Buffer.from(`{"name":"${'\\"'.repeat(10_000_000)}","edits":[]}`),
    status: 422,
    detail: /name has a part of over/,
  },
  '20 MB of backslashes': {
    body: () => Buffer.from(`{"name":"${'\\'.repeat(20_000_000)}`),
    status: 422,
    detail: /name has a part of over/,
  },
  '20 MB in one prompt': {
    body: () => rows(1, () => `{"prompt":"${'x'.repeat(20_000_000)}","images":[]}`),
    status: 422,
    detail: /edits\/0 has a part of over/,
  },
  '20,000,000 rows': {
    body: () => Buffer.from(`{"edits":[${'1,'.repeat(19_999_999)}1]}`),
    status: 422,
    detail: /at most 100000 long/,
  },
  '100,000 rows that are no edits': { body: () => rows(100_000, () => '7'), status: 422 },
  '20,000 rows with 30 unknown fields each': {
    body: () => rows(20_000, () => `{${Array.from({ length: 30 }, (_, i) => `"f${i}":1`).join(',')}}`),
    status: 422,
    detail: /There are 640000 faults/,
  },
  'a body with 500,000 fields': {
    body: () => Buffer.from(`{${Array.from({ length: 500_000 }, (_, i) => `"${i}":1`).join(',')}}`),
    status: 422,
    detail: /more than 32 fields/,
  },
  '20,000 entries of metadata': {
    path: '/v1/edits',
    body: () =>
      Buffer.from(
        `{"prompt":"x","images":["${image}"],"metadata":{${Array.from({ length: 20_000 }, (_, i) => `"${i}":""`).join(',')}}}`,
      ),
    status: 422,
    detail: /metadata has 20000 entries; at most 50 are kept/,
  },
  '20 MB that are not UTF-8': { body: () => Buffer.alloc(20_000_000, 0xff), status: 400, detail: /UTF-8/ },
  '100,000 edits, all of them fine': {
    body: () => rows(limits.rows, (i) => `{"prompt":"on an oak table ${i}","images":["${image}?${i}"]}`),
    status: 202,
  },
  '1,000 lines of 8 KB each, all of them fine': {
    rows: true,
    body: () =>
      lines(950, (i) => `{"prompt":"on an oak table ${i}","images":["${image}"],"metadata":${metadata}}`),
    status: 200,
  },
  '1,000 lines of 200 addresses each': {
    rows: true,
    body: () => lines(1_000, () => `{"prompt":"x","images":[${`"${image}",`.repeat(199)}""]}`),
    status: 422,
    detail: /There are 1000 faults/,
  },
  '30 lines of 80,000 addresses each': {
    rows: true,
    body: () => lines(30, () => `{"prompt":"x","images":[${'"",'.repeat(80_000)}""]}`),
    status: 422,
    detail: /There are 30 faults/,
  },
  '8 MB of nested lists in lines': {
    rows: true,
    body: () => lines(60, () => deep(65_000)),
    status: 422,
    detail: /There are 60 faults/,
  },
  '8 MB in one line': { rows: true, body: () => lines(1, () => 'x'.repeat(8_000_000)), status: 422 },
  '8 MB of blank lines': {
    rows: true,
    body: () => lines(8_000_000, () => ''),
    status: 400,
    detail: /no row/,
  },
  '2,000,000 lines': {
    rows: true,
    body: () => lines(2_000_000, () => '{}'),
    status: 422,
    detail: /holds more than 1000 rows/,
  },
  '20 MB of a picture that is none': {
    path: '/v1/edits',
    body: () => withPicture(Buffer.alloc(20_000_000, 7).toString('base64')),
    status: 422,
    detail: /images\/0 is a text file, not a picture/,
  },
  'a picture of 22 MB': {
    path: '/v1/edits',
    body: () => withPicture('A'.repeat(30_000_000)),
    status: 422,
    detail: /has more than 20971520 bytes/,
  },
  '20 MB of escapes in a picture': {
    path: '/v1/edits',
    body: () => withPicture('\\/'.repeat(10_000_000)),
    status: 422,
    detail: /images\/0 is not a picture/,
  },
  '20 MB of quotes in a picture': {
    path: '/v1/edits',
    body: () => withPicture('\\"'.repeat(10_000_000)),
    status: 422,
    detail: /images\/0 is not base64/,
  },
  '20 MB of backslashes in a picture that never ends': {
    path: '/v1/edits',
    body: () => withPicture('\\'.repeat(20_000_000)).subarray(0, -3),
    status: 400,
  },
  '100,000 empty pictures': {
    body: () => rows(1, () => `{"prompt":"x","images":[${'"data:image/png;base64,",'.repeat(99_999)}""]}`),
    status: 422,
    detail: /edits\/0 has a part of over 262144 bytes/,
  },
  '20,000 rows with an empty picture each': {
    body: () => rows(20_000, () => `{"prompt":"x","images":["data:image/png;base64,"]}`),
    status: 422,
    detail: /There are 20000 faults/,
  },
  '14 MB that begin like pictures': {
    body: () => rows(100, () => `{"prompt":"x","images":[${'"data:image/png;base6",'.repeat(6_000)}""]}`),
    status: 422,
    detail: /There are 100 faults/,
  },
  '30 KB in pieces of a byte': {
    path: '/v1/edits',
    body: () => single({ prompt: 'x'.repeat(30_000) }),
    pieces: 1,
    status: 422,
    detail: /prompt must be at most 10000 characters long/,
  },
  'a batch in pieces of 7 bytes': {
    body: () => rows(1_000),
    pieces: 7,
    status: 202,
  },
  'half characters': {
    path: '/v1/edits',
    body: () => Buffer.from(`{"prompt":"${'\\ud800'.repeat(10_000)}","images":["${image}"]}`),
    status: 422,
    detail: /prompt holds half a character/,
  },
  'characters that are put together of many': {
    path: '/v1/edits',
    body: () => single({ prompt: `e${'\u0301'.repeat(1_900)}` }),
    status: 202,
  },
  'addresses that are all dots': {
    path: '/v1/edits',
    body: () => single({ images: trap(`https://${'a.'.repeat(3_000)}`) }),
    status: 422,
  },
  'addresses of parameters': {
    path: '/v1/edits',
    body: () => single({ images: trap(`https://cdn.example.com/?${'Expires=1&Signature=x&'.repeat(300)}`) }),
    status: 422,
  },
  'addresses of percent signs': {
    path: '/v1/edits',
    body: () => single({ images: trap(`https://cdn.example.com/${'%&#'.repeat(2_000)}`) }),
    status: 422,
  },
  'uploads of dashes and slashes': {
    path: '/v1/edits',
    body: () => single({ images: trap(`oss://${'dashscope-instant/2026-03-02/'.repeat(200)}`) }),
    status: 422,
  },
  'buckets without end': {
    path: '/v1/edits',
    body: () => single({ images: trap(`s3://${'a.-'.repeat(2_000)}/x`) }),
    status: 422,
  },
  'a size of digits and asterisks': {
    path: '/v1/edits',
    body: () => single({ size: '1*'.repeat(100_000) }),
    status: 422,
  },
  'names that change a prototype': {
    path: '/v1/edits',
    body: () => Buffer.from(`{${'"__proto__":{},'.repeat(10_000)}"prompt":"x"}`),
    status: 400,
  },
  'nested lists as a schedule': {
    method: 'PUT',
    path: '/v1/schedules/nightly',
    body: () => Buffer.from(deep(130_000)),
    status: 422,
  },
  'a cursor of 12 KB': { ...refusedCursor, status: 414, path: `/v1/edits?cursor=${'-'.repeat(12_000)}` },
  'a cursor of digits': { ...refusedCursor, path: `/v1/events?cursor=${'1'.repeat(4_000)}` },
  'a query of 1,300 parameters': { ...refusedCursor, path: `/v1/edits?${'a=&'.repeat(1_300)}` },
  'a query of percent signs': { ...refusedCursor, path: `/v1/edits?key=${'%25'.repeat(1_300)}` },
  'an id of 3 KB': { ...refusedCursor, path: `/v1/edits/${'%C3%A4'.repeat(500)}`, status: 404 },
  '60 lines of quotes and backslashes': {
    rows: true,
    body: () => lines(60, () => `{"prompt":"${'\\"'.repeat(60_000)}"}`),
    status: 422,
  },
}
