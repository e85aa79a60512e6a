import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { beijingDay } from './beijing-clock.ts'

/** Name of the pretend access key that signs uploads and result URLs. */
export const accessKeyId = 'LTAI5tSandboxSandbox1234'

const sign = (secret: string, path: string, expires: string): string =>
  createHmac('sha1', secret).update(`GET\n\n\n${expires}\n/dashscope-result-sandbox${path}`).digest('base64')

/** `/1d/{2 hex}/{YYYYMMDD}/{8 hex}/{uuid}.png`: where the k-th image of a task lies. docs/dashscope.md §2 "Result URLs" */
export const resultPath = (taskId: string, index: number, endedAt: number): string => {
  const hex = createHash('md5').update(`${taskId}/${index}`).digest('hex')
  const name = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
  return `/1d/${hex.slice(0, 2)}/${beijingDay(endedAt)}/${taskId.replaceAll('-', '').slice(0, 8)}/${name}.png`
}

/** A signed GET address that dies at `expiresAt` (epoch ms, up to the next full second). */
export const signedUrl = (origin: string, path: string, expiresAt: number, secret: string): string => {
  const expires = String(Math.ceil(expiresAt / 1000))
  const query = new URLSearchParams({
    Expires: expires,
    OSSAccessKeyId: accessKeyId,
    Signature: sign(secret, path, expires),
  })
  return `${origin}${path}?${query.toString()}`
}

/** Whether a result URL is signed by us and still alive. */
export const checkSignedUrl = (url: URL, secret: string, now: number): 'ok' | 'expired' | 'forged' => {
  const expires = url.searchParams.get('Expires') ?? ''
  const given = Buffer.from(url.searchParams.get('Signature') ?? '')
  const right = Buffer.from(sign(secret, url.pathname, expires))
  if (url.searchParams.get('OSSAccessKeyId') !== accessKeyId || given.length !== right.length) return 'forged'
  if (!timingSafeEqual(given, right)) return 'forged'
  return now >= Number(expires) * 1000 ? 'expired' : 'ok'
}
