import { randomUUID } from 'node:crypto'
import { ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Log } from '@restyle/shared/log'
import { Problem } from './problem.ts'

/** How long the caller may take to read the refusal (ms). */
const graceMs = 1_000

type BadRequest = Error & { code?: string }

/**
 * Answers what is no HTTP, too long for it or too slow, which never becomes a request: a problem like any other, and the end
 * of the connection.
 */
export function answerUnreadable(log: Log) {
  return (error: BadRequest, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || !socket.writable || isAnswering(socket)) return void socket.destroy()
    const view = problemOf(error).view(randomUUID())
    const body = JSON.stringify(view)
    log.debug({ requestId: view.instance, status: view.status, error }, 'request could not be read')
    socket.end(
      [
        `HTTP/1.1 ${view.status} ${STATUS_CODES[view.status]}`,
        'content-type: application/problem+json',
        `content-length: ${Buffer.byteLength(body)}`,
        `x-request-id: ${view.instance}`,
        `date: ${new Date().toUTCString()}`,
        'connection: close',
        '',
        body,
      ].join('\r\n'),
    )
    // whoever sends nothing more would keep the connection
    setTimeout(() => socket.destroy(), graceMs).unref()
  }
}

/** Whether the connection carries a part of an answer already, as Node's own handler finds out. */
function isAnswering(socket: Socket): boolean {
  const message: unknown = Reflect.get(socket, '_httpMessage')
  return message instanceof ServerResponse && message.headersSent
}

function problemOf({ code, message }: BadRequest): Problem {
  if (code === 'HPE_HEADER_OVERFLOW')
    return new Problem('headers-too-large', 'Address and headers together are too long.')
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new Problem('request-timeout', 'The request did not come to its end in time.')
  return new Problem('malformed-request', `This is no HTTP/1.1: ${message}.`)
}
