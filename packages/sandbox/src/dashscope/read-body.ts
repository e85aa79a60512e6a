import type { IncomingMessage } from 'node:http'

/** Three pictures of 10 MB in base64 fit; the vendor states no limit for these paths. docs/dashscope.md §1.3 */
const largestBody = 112 * 1024 * 1024

/** Reads a request's body whole. What is too large is refused by its declared length already. */
export const readBody = async (request: IncomingMessage): Promise<Buffer | 'too large' | 'aborted'> => {
  if (Number(request.headers['content-length'] ?? 0) > largestBody) return 'too large'
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      length += chunk.length
      if (length > largestBody) return 'too large'
    }
  } catch {
    return 'aborted'
  }
  return Buffer.concat(chunks)
}
