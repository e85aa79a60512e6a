import { randomUUID } from 'node:crypto'

/** One whole HTTP answer, not yet sent: faults may still spoil it on the way out. */
export type Answer = { status: number; headers: Record<string, string>; body: Buffer }

/** A refusal before it is written down: HTTP status and the vendor's code and words. docs/dashscope.md §5 */
export type Refusal = { status: number; code: string; message: string; retryAfter?: string | undefined }

/** A JSON answer; `request_id` is added when the body has none. */
export const json = (body: Record<string, unknown>, status = 200): Answer => ({
  status,
  headers: { 'Content-Type': 'application/json; charset=utf-8' },
  body: Buffer.from(JSON.stringify({ request_id: randomUUID(), ...body })),
})

/** The flat error body `{code, message, request_id}`. docs/dashscope.md §1.4 */
export const refuse = ({ status, code, message, retryAfter }: Refusal): Answer => {
  const answer = json({ code, message }, status)
  if (retryAfter !== undefined) answer.headers['Retry-After'] = retryAfter
  return answer
}

/** The object store's error body, in XML. */
export const refuseXml = ({ status, code, message }: Refusal): Answer => ({
  status,
  headers: { 'Content-Type': 'application/xml', Server: 'AliyunOSS', 'x-oss-request-id': objectRequestId() },
  body: Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error>\n  <Code>${code}</Code>\n  <Message>${message}</Message>\n</Error>\n`,
  ),
})

/** The object store's request ids: 24 capital hex digits. */
export const objectRequestId = (): string => randomUUID().replaceAll('-', '').slice(0, 24).toUpperCase()
