import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** What a caller may send as the id of a request: it goes into logs, headers and problems as it is. */
const wellFormed = /^[A-Za-z0-9][\w.-]{0,127}$/

/** The id that the caller gave the request, or a new one where that is none or could do harm in a log. */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const asked = headers['x-request-id']
  return typeof asked === 'string' && wellFormed.test(asked) ? asked : randomUUID()
}
