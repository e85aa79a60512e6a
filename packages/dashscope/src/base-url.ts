/** `wrong` will not work, `says` what to write instead. */
export type BaseUrlVerdict = { kind: 'ok' } | { kind: 'wrong'; says: string }

/**
 * Whether a base address is one of the native API (docs/dashscope.md §1.1). The usual slips: the address of the
 * OpenAI-compatible mode, which serves no tasks; the bare host; an address copied down to its last step.
 */
export function judgeBaseUrl(baseUrl: string): BaseUrlVerdict {
  const url = URL.parse(baseUrl.trim())
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    return wrong(`${quoted(baseUrl)} is no address: write https://<host>/api/v1`)
  // a key in the address would go into every log
  if (url.username !== '' || url.password !== '')
    return wrong('the base address must not carry a user name or a password')
  const path = url.pathname.replace(/\/+$/, '')
  if (path.endsWith('/api/v1') && url.search === '' && url.hash === '') return { kind: 'ok' }
  const [before = ''] = path.split(/\/(?:api|compatible-mode|services|v1)(?:\/|$)/i)
  // the vendor's own hosts serve it nowhere else, whatever else they serve
  const instead = `${url.origin}${url.hostname.endsWith('.aliyuncs.com') ? '' : before}/api/v1`
  if (path.includes('/compatible-mode'))
    return wrong(
      `${quoted(shown(url))} is the OpenAI-compatible mode, which makes no tasks: write ${instead}`,
    )
  return wrong(`${quoted(shown(url))} must end in /api/v1: write ${instead}`)
}

const wrong = (says: string): BaseUrlVerdict => ({ kind: 'wrong', says })
const quoted = (text: string): string => JSON.stringify(text)
/** Without its query, which may hold a key. */
const shown = (url: URL): string => `${url.origin}${url.pathname}`
