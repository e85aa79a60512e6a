import { isIP } from 'node:net'

/**
 * The addresses under which a result may be fetched, the better one first; none where the URL is no http. The vendor signs
 * some as `http:` (docs/dashscope.md §2), and lines exist that let only `https:` through: the signature covers neither
 * scheme nor host, so both are tried. A port or a number in place of the name leaves no choice.
 */
export function resultAddresses(url: string): string[] {
  const target = URL.parse(url)
  if (target?.protocol === 'https:') return [url]
  if (target?.protocol !== 'http:') return []
  if (target.port !== '' || isIP(target.hostname.replace(/^\[|\]$/g, '')) !== 0) return [url]
  // only the scheme changes: written anew, the query could lose the spelling that was signed
  const secure = url.trimStart().replace(/^http:/i, 'https:')
  return target.hostname.endsWith('.aliyuncs.com') ? [secure, url] : [url, secure]
}
