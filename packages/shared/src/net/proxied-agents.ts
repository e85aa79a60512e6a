import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { LookupFunction } from 'node:net'
import type { ProxySettings } from './proxy-settings.ts'

/**
 * Node's own agents that go through the proxies, for clients that take such agents (the S3 client's `NodeHttpHandler`).
 * Connections are kept. An `http:` address is asked for through the proxy, an `https:` one through a tunnel, in which
 * the proxy sees nothing. Node honours `proxyEnv` from 24.5 on.
 */
export function proxiedAgents(
  { httpProxy, httpsProxy, noProxy }: ProxySettings,
  more: { maxSockets?: number; lookup?: LookupFunction } = {},
): { httpAgent: HttpAgent; httpsAgent: HttpsAgent } {
  const proxyEnv = {
    ...(httpProxy === '' ? {} : { HTTP_PROXY: httpProxy }),
    ...(httpsProxy === '' ? {} : { HTTPS_PROXY: httpsProxy }),
    NO_PROXY: noProxy,
  }
  const options = { keepAlive: true, ...more, proxyEnv }
  return { httpAgent: new HttpAgent(options), httpsAgent: new HttpsAgent(options) }
}
