import { ErrorAnswer } from './wire.ts'
import { stripQueryStrings } from './strip-query-strings.ts'

/** A vendor error. The code is `Http403` and the like where the answer carries none. `said` is what the catalogue should be asked with. */
export type VendorError = {
  code: string
  said: string | undefined
  message: string
  requestId: string | undefined
}

/**
 * Reads an error: the API's flat JSON, a gateway's nested one, or the object store's XML; a stranger's page is cut to its
 * first words. The message is never empty: a lane that is paused without a word helps nobody.
 */
export function readError(status: number, text: string): VendorError {
  const json = ErrorAnswer.safeParse(parseJson(text))
  const { code, message, request_id: requestId } = json.success ? json.data : fromXml(text)
  const said = code === '' ? undefined : code
  const words = stripQueryStrings(message ?? '') || `answered HTTP ${status} without a message`
  return { code: said ?? `Http${status}`, said, message: words, requestId }
}

/** JSON, or undefined if it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function fromXml(text: string): ErrorAnswer {
  const tag = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1]
  const isError = text.includes('<Error>')
  if (!isError) return { code: undefined, message: text.slice(0, 200).trim(), request_id: undefined }
  return { code: tag('Code'), message: tag('Message'), request_id: tag('RequestId') }
}
