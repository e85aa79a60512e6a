import { lookup as systemLookup } from 'node:dns'
import { isIP } from 'node:net'
import type { LookupFunction } from 'node:net'
import { buildConnector, type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici'
import { isPublicAddress } from './addresses.ts'
import { listOf } from './lookup.ts'
import { noProxies, type ProxySettings } from './proxy-settings.ts'
import { refusal } from './refusal.ts'
import { isTrusted, type TrustedRange } from './trusted-ranges.ts'
import { tunnelGuard } from './tunnel-guard.ts'

/** How result addresses are reached. */
export type GuardOptions = {
  /** Admits otherwise private addresses (the sandbox's own ports); production passes nothing. */
  allow?: (address: string, port: number) => boolean
  /** Ranges that names, and only names, may lead to as well: a fake-ip resolver, NAT64. */
  trusted?: readonly TrustedRange[]
  proxies?: ProxySettings
  connectTimeoutMs?: number
  lookup?: LookupFunction
}

type Admits = (address: string) => boolean

/**
 * An undici dispatcher that reaches the public internet and nothing else. It checks what the URL says, what the name
 * resolves to and what the socket is really connected to: a lookup filter alone is never asked about literal addresses.
 * A refused connection fails with `code: 'ERR_PRIVATE_ADDRESS'`, see `Refusal`. Redirects are not followed.
 *
 * Through a proxy it is the proxy that resolves and connects, always by a tunnel. What the URL says is judged all the
 * same, and a name is refused that our own resolver knows as an inner one; a name that it does not know, or knows by a
 * stand-in address only, is left to the proxy.
 */
export function guardedAgent(options: GuardOptions = {}): Dispatcher {
  const { allow = () => false, trusted = [], proxies = noProxies } = options
  const { connectTimeoutMs = 10_000, lookup = systemLookup } = options

  const direct: buildConnector.connector = (target, callback) => {
    const { hostname } = target
    const plain = (address: string) => isPublicAddress(address) || allow(address, portOf(target))
    if (isIP(hostname) && !plain(hostname)) return callback(refusal(hostname, hostname), null)
    // for names alone: a literal has been judged by now
    const admits: Admits = (address) => plain(address) || isTrusted(address, trusted)
    const connect = buildConnector({
      timeout: connectTimeoutMs,
      allowH2: false,
      lookup: filtered(lookup, admits),
    })
    connect(target, (...[error, socket]) => {
      if (error) return callback(error, null)
      const peer = socket.remoteAddress ?? ''
      if (admits(peer)) return callback(null, socket)
      socket.destroy()
      callback(refusal(hostname, peer), null)
    })
  }

  const judge = tunnelGuard(lookup, trusted)
  const tunneled =
    (tunnel: buildConnector.connector): buildConnector.connector =>
    (target, callback) =>
      void judge(target.hostname).then((fault) =>
        fault === undefined ? tunnel(target, callback) : callback(fault, null),
      )

  return new EnvHttpProxyAgent({
    ...proxies,
    proxyTunnel: true,
    connectTimeout: connectTimeoutMs,
    allowH2: false,
    connect: direct,
    // a proxy that is asked for a tunnel and says nothing must not keep a download for undici's five minutes
    clientFactory: (proxy, settings) => new Pool(proxy, { ...settings, headersTimeout: connectTimeoutMs }),
    // every origin gets its connections here: ours, or those that undici opens through the proxy
    factory: (origin, settings: Pool.Options) => {
      const { connect } = settings
      const own = typeof connect !== 'function' || connect === direct
      return new Pool(origin, { ...settings, connect: own ? direct : tunneled(connect) })
    },
  })
}

const portOf = ({ port, protocol }: buildConnector.Options): number =>
  Number(port) || (protocol === 'https:' ? 443 : 80)

/** One private address among the answers condemns the name: which of them is connected to is chance. */
function filtered(lookup: LookupFunction, admits: Admits): LookupFunction {
  return (hostname, options, callback) =>
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, [])
      const addresses = listOf(found)
      const [first] = addresses
      const stranger = addresses.find(({ address }) => !admits(address))
      if (!first || stranger) return callback(refusal(hostname, stranger?.address ?? 'nothing'), [])
      if (options.all) return callback(null, addresses)
      callback(null, first.address, first.family)
    })
}
