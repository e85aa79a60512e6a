import { lookup as systemLookup } from 'node:dns'
import { isIP } from 'node:net'
import type { LookupFunction } from 'node:net'
import { Agent, buildConnector } from 'undici'
import { isPublicAddress } from './addresses.ts'

/**
 * An undici dispatcher that reaches the public internet and nothing else. It checks what the URL says, what the name
 * resolves to and what the socket is really connected to: a lookup filter alone is never asked about literal addresses.
 * A refused connection fails with `code: 'ERR_PRIVATE_ADDRESS'`. Redirects are not followed.
 *
 * `allow` admits otherwise private addresses (the sandbox's own ports); production passes nothing.
 */
export function guardedAgent({
  allow = () => false,
  connectTimeoutMs = 10_000,
  lookup = systemLookup,
}: {
  allow?: (address: string, port: number) => boolean
  connectTimeoutMs?: number
  lookup?: LookupFunction
} = {}): Agent {
  return new Agent({
    connect(options, callback) {
      const { hostname } = options
      const port = Number(options.port) || (options.protocol === 'https:' ? 443 : 80)
      const admitted = (address: string) => isPublicAddress(address) || allow(address, port)

      if (isIP(hostname) && !admitted(hostname)) return callback(refusal(hostname, hostname), null)

      const connect = buildConnector({
        timeout: connectTimeoutMs,
        allowH2: false,
        lookup: filtered(lookup, admitted),
      })
      connect(options, (...[error, socket]) => {
        if (error) return callback(error, null)
        const peer = socket.remoteAddress ?? ''
        if (admitted(peer)) return callback(null, socket)
        socket.destroy()
        callback(refusal(hostname, peer), null)
      })
    },
  })
}

/** One private address among the answers condemns the name: which of them is connected to is chance. */
function filtered(lookup: LookupFunction, admitted: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) =>
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, [])
      const addresses = typeof found === 'string' ? [{ address: found, family: isIP(found) }] : found
      const [first] = addresses
      const stranger = addresses.find(({ address }) => !admitted(address))
      if (!first || stranger) return callback(refusal(hostname, stranger?.address ?? 'nothing'), [])
      if (options.all) return callback(null, addresses)
      callback(null, first.address, first.family)
    })
}

// the message may reach a producer, who has no business learning what a name means inside our network
function refusal(hostname: string, address: string) {
  return Object.assign(new Error(`${hostname} is not on the public internet`), {
    code: 'ERR_PRIVATE_ADDRESS',
    address,
  })
}
