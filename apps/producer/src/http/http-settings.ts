import { isIP } from 'node:net'
import type { z } from 'zod'

const listed = (text: string): string[] =>
  text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')

/** Origins as a browser sends them, separated by commas; `*` for all. */
export function readOrigins(text: string, context: z.RefinementCtx<string>): string[] {
  const origins = listed(text)
  if (origins.some((origin) => origin !== '*' && !isOrigin(origin)))
    context.addIssue({
      code: 'custom',
      message: 'must be origins such as https://shop.example, without a path, separated by commas; or *',
    })
  return origins
}

function isOrigin(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) && url.origin === text && !text.includes('*')
}

const named = ['loopback', 'linklocal', 'uniquelocal']

/** Addresses and networks, separated by commas; a few have names. */
export function readProxyAddresses(text: string, context: z.RefinementCtx<string>): string[] {
  const proxies = listed(text)
  if (proxies.some((proxy) => !named.includes(proxy) && !isNetwork(proxy)))
    context.addIssue({
      code: 'custom',
      message: `must be addresses or networks such as 10.0.0.0/8, or ${named.join(', ')}, separated by commas`,
    })
  return proxies
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
}
