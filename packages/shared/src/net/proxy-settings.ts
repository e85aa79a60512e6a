import { z } from 'zod'

type Env = Readonly<Record<string, string | undefined>>

/** Through which proxies the internet is reached; empty where directly. The fields of undici's `EnvHttpProxyAgent`. */
export type ProxySettings = { httpProxy: string; httpsProxy: string; noProxy: string }

/** No proxy at all. */
export const noProxies: ProxySettings = { httpProxy: '', httpsProxy: '', noProxy: '' }

/** The variables that everybody else reads too. */
export const proxyEnv = {
  HTTPS_PROXY: z.string().optional(),
  HTTP_PROXY: z.string().optional(),
  NO_PROXY: z.string().optional(),
}

/** Their lower-case spellings, which go first everywhere, in upper case. */
export const proxiesInUpperCase = (env: Env): Record<string, string | undefined> =>
  Object.fromEntries(Object.keys(proxyEnv).map((name) => [name, env[name.toLowerCase()] || env[name]]))

/** This machine is never reached through a proxy: the sandbox, a local bucket. */
const thisMachine = 'localhost,.localhost,127.0.0.1,::1'

/**
 * Reads the proxies of an environment, and says of each variable that is not honoured why: a proxy that somebody set and
 * that is passed by in silence looks like a network that is down. Never tells a proxy's password.
 */
export function readProxies(env: Env): {
  proxies: ProxySettings
  unheeded: string[]
} {
  const named = proxiesInUpperCase(env)
  const unheeded: string[] = []
  const read = (name: string): string => {
    const text = (named[name] ?? '').trim()
    if (text === '') return ''
    const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`)
    if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:')) return url.href
    const scheme = url?.protocol ?? 'what it holds'
    unheeded.push(`${name} is not used: ${scheme} is no HTTP proxy; give its HTTP port, as http://host:port`)
    return ''
  }
  const httpProxy = read('HTTP_PROXY')
  // as undici does: one variable is often the only one that is set
  const httpsProxy = read('HTTPS_PROXY') || httpProxy
  if ((env['all_proxy'] || env['ALL_PROXY'] || '') !== '' && httpsProxy === '')
    unheeded.push('ALL_PROXY is not used: set HTTPS_PROXY and HTTP_PROXY to an HTTP proxy')
  const exempt = named['NO_PROXY'] ?? ''
  const ranges = entriesOf(exempt).filter((entry) => entry.includes('/'))
  if (ranges.length > 0 && httpsProxy !== '')
    unheeded.push(
      `NO_PROXY: ${ranges.join(', ')} is not used: name hosts, or the ends of their names as .example.com`,
    )
  const noProxy = exempt === '' ? thisMachine : `${thisMachine},${exempt}`
  return { proxies: { httpProxy, httpsProxy, noProxy }, unheeded }
}

const entriesOf = (noProxy: string): string[] => noProxy.split(/[,\s]+/).filter((entry) => entry !== '')

/** Whether a host is reached directly over https although there is a proxy; as undici reads `NO_PROXY`. */
export const isExempt = (host: string, { noProxy }: ProxySettings): boolean =>
  entriesOf(noProxy).some((entry) => {
    const name = entry
      .toLowerCase()
      .replace(/:443$/, '')
      .replace(/^\*?\./, '')
    return name === '*' || host === name || host.endsWith(`.${name}`)
  })

/** Where requests go, for a log line or the doctor: hosts without passwords; undefined where no proxy is set. */
export function proxyText({ httpProxy, httpsProxy }: ProxySettings): string | undefined {
  const hosts = [...new Set([httpsProxy, httpProxy].filter((proxy) => proxy !== ''))]
  return hosts.length === 0 ? undefined : hosts.map((proxy) => new URL(proxy).host).join(' and ')
}
