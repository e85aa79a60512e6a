import { buildConnector, EnvHttpProxyAgent, Pool, type Dispatcher } from 'undici'
import { connectionLimits, type FreshNetwork } from './exchange.ts'

/** Through which proxies the vendor is reached, in the fields of undici's `EnvHttpProxyAgent`; empty where directly. */
export type Proxies = { httpProxy: string; httpsProxy: string; noProxy: string }

/** `fresh` opens a connection of its own for each submit; `kept` is for all that may be sent again. */
export type Network = { fresh: FreshNetwork; kept: Dispatcher }

/** Nothing is connected before the first request. Deadlines in ms; a connection gets 10 s at most. */
export function openNetwork(
  proxies: Proxies | undefined,
  deadlines: { submit: number; query: number },
): Network {
  // all of them said, so that undici reads no environment of its own; in a tunnel the proxy sees neither key nor prompt
  const way = { proxyTunnel: true, ...(proxies ?? { httpProxy: '', httpsProxy: '', noProxy: '' }) }
  const submitTimeout = Math.min(10_000, deadlines.submit)
  // shared by all submits only for its TLS sessions
  const connector = buildConnector({ timeout: submitTimeout, allowH2: false })
  const fresh: FreshNetwork = (factory) =>
    new EnvHttpProxyAgent({
      ...way,
      ...connectionLimits,
      connectTimeout: submitTimeout,
      connect: connector,
      factory,
    })
  const queryTimeout = Math.min(10_000, deadlines.query)
  // a proxy that is asked for a tunnel and says nothing must not keep a query for undici's five minutes
  const toProxy = (proxy: URL, settings: object) =>
    new Pool(proxy, { ...settings, headersTimeout: queryTimeout })
  const kept = new EnvHttpProxyAgent({
    ...way,
    ...connectionLimits,
    connectTimeout: queryTimeout,
    connect: { timeout: queryTimeout, allowH2: false },
    clientFactory: toProxy,
  })
  return { fresh, kept }
}
