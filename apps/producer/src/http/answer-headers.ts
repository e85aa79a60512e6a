/** A header of answers, as the OpenAPI document describes it. */
type AnswerHeader = { description: string; schema: { type: 'string' | 'integer' }; example: string | number }

const text = (description: string, example: string): AnswerHeader => ({
  description,
  schema: { type: 'string' },
  example,
})

/** Every header that an answer may have and that a caller may act on. */
export const answerHeaders = {
  'Accept-Ranges': text('Parts of the bytes can be asked for, by `Range`', 'bytes'),
  Allow: text('The methods that the route has', 'GET, HEAD, OPTIONS'),
  'Cache-Control': text(
    'How long the answer may be kept, and by whom',
    'private, max-age=31536000, immutable',
  ),
  'Content-Disposition': text('A name to save the bytes under', "inline; filename*=UTF-8''4711-0.png"),
  'Content-Range': text('Which of the bytes these are', 'bytes 0-1023/1862301'),
  ETag: text(
    'Stands for what was answered: `If-None-Match` with it answers 304 while it is the same, `If-Match` changes nothing once it is not',
    '"kq3vd8m1x0"',
  ),
  'Idempotency-Key': text(
    'The key under which the request may still be carried out although it failed. Send it again with this key, and it is done once',
    '8e03978e-40d5-43e8-bc93-6894a57f9324',
  ),
  'Idempotent-Replayed': text('`true` where the same request came before and this is what it made', 'true'),
  Link: text(
    'Other pages of the list (RFC 8288): `next`, absent on the last one, and `first`. The addresses are relative to that of the request',
    '<?limit=100&cursor=eyJvIjoi>; rel="next", <?limit=100>; rel="first"',
  ),
  Location: text(
    'The address of what was made, or of the bytes',
    '/v1/edits/edit_2v8k0c9q4m6t1r3w5y7x9z0abc',
  ),
  RateLimit: text(
    'Requests that the producer has left in this minute, and the seconds until the next one (draft-ietf-httpapi-ratelimit-headers). Absent where its rate is not limited',
    '"producer";r=58;t=31',
  ),
  'RateLimit-Policy': text('How many requests a minute the producer has', '"producer";q=60;w=60'),
  'Retry-After': {
    description: 'After how many seconds the same request is worth sending again',
    schema: { type: 'integer' },
    example: 5,
  },
  'X-Restyle-Planes': text('The planes of the answer, in their order', 'state,verdict,code'),
  'X-Restyle-Rows': {
    description: 'How many bytes each plane has: one for each row',
    schema: { type: 'integer' },
    example: 100_000,
  },
  'X-Restyle-Version': {
    description: 'The version of the bytes, as `ETag` has it: it grows with every change',
    schema: { type: 'integer' },
    example: 1_772_485_200_000_000,
  },
  'X-Request-Id': text(
    'The id of the request: the one that the caller sent, or a new one. It is in the log of the installation',
    '8e03978e-40d5-43e8-bc93-6894a57f9324',
  ),
  'WWW-Authenticate': text('How to send a key', 'Bearer'),
} as const satisfies Readonly<Record<string, AnswerHeader>>
export type HeaderName = keyof typeof answerHeaders
