import { createHmac, randomBytes } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { verifyWebhook } from './verify-webhook.ts'

const secretOf = (bytes = 32) => `whsec_${randomBytes(bytes).toString('base64')}`
const [secret, next] = [secretOf(), secretOf()]
const event = {
  specversion: '1.0',
  id: 'edit_1-succeeded',
  type: 'restyle.edit.succeeded',
  data: { prompt: 'Öl' },
}
const body = JSON.stringify(event)
const now = Date.parse('2026-03-02T21:00:00Z')

/** Headers as the official package signs. */
const signed = (text = body, { by = secret, at = now, id = 'edit_1-succeeded' } = {}) => ({
  'webhook-id': id,
  'webhook-timestamp': String(Math.floor(at / 1_000)),
  'webhook-signature': new Webhook(by).sign(id, new Date(at), text),
})
const verify = (
  headers: Parameters<typeof verifyWebhook>[0]['headers'],
  more: Partial<Parameters<typeof verifyWebhook>[0]> = {},
) => verifyWebhook({ body, headers, secrets: [secret], now, ...more })
const refused = async (verifying: Promise<unknown>) => {
  const error = await verifying.catch((reason: unknown) => reason)
  expect(error).toMatchObject({ name: 'ApiError', code: 'bad-webhook' })
  return (error as Error).message
}

describe('a webhook', () => {
  it('that the official package signed is trusted, as text, as bytes, with headers of Node and of fetch', async () => {
    expect(await verify(signed())).toEqual(event)
    expect(await verify(new Headers(signed()))).toEqual(event)
    expect(await verify(signed(), { body: new TextEncoder().encode(body) })).toEqual(event)
    for (const bytes of [24, 64]) {
      const by = secretOf(bytes)
      expect(await verify(signed(body, { by }), { secrets: [by] })).toEqual(event)
    }
  })

  it('is trusted by the official package exactly where it is trusted here', async () => {
    const at = Date.now()
    const headers = signed(body, { at })
    expect(new Webhook(secret).verify(body, headers)).toEqual(await verify(headers, { now: at }))
    for (const [text, key] of [
      [`${body} `, secret],
      [body, next],
    ] as const) {
      expect(() => new Webhook(key).verify(text, headers)).toThrow('No matching signature found')
      await refused(verify(headers, { body: text, secrets: [key], now: at }))
    }
  })

  it('is trusted by each of two secrets while one takes the place of the other, and by both signatures', async () => {
    const both = {
      ...signed(),
      'webhook-signature': `${signed(body, { by: next })['webhook-signature']} ${signed()['webhook-signature']}`,
    }
    for (const secrets of [[secret], [next], [secret, next], [next, secret]])
      expect(await verify(both, { secrets })).toEqual(event)
    expect(await verify(signed(), { secrets: [next, secret] })).toEqual(event)
    await refused(verify(both, { secrets: [secretOf()] }))
  })

  it.each([-300, 300])('is trusted %i s from now, and no further', async (seconds) => {
    const at = now + seconds * 1_000
    expect(await verify(signed(body, { at }))).toEqual(event)
    const further = at + Math.sign(seconds) * 1_000
    expect(await refused(verify(signed(body, { at: further })))).toMatch(/signed 301 s/)
    expect(await verify(signed(body, { at: further }), { toleranceSeconds: 600 })).toEqual(event)
  })

  it('is not trusted with another id, time or body, nor without a header', async () => {
    await refused(verify({ ...signed(), 'webhook-id': 'other' }))
    await refused(verify({ ...signed(), 'webhook-timestamp': String(now / 1_000 + 1) }))
    await refused(verify({ ...signed(), 'webhook-timestamp': 'NaN' }))
    await refused(verify(signed(), { body: body.replace('1.0', '1.1') }))
    for (const name of ['webhook-id', 'webhook-timestamp', 'webhook-signature'])
      expect(await refused(verify({ ...signed(), [name]: undefined }))).toMatch(/header is missing/)
  })

  it('is not trusted by another scheme or an empty or cut signature', async () => {
    const [, mac = ''] = signed()['webhook-signature'].split(',')
    for (const signature of ['', 'v1,', `v1a,${mac}`, `v2,${mac}`, mac, `v1,${mac.slice(0, -4)}`, 'v1,ä'])
      expect(await refused(verify({ ...signed(), 'webhook-signature': signature }))).toMatch(
        /no signature fits/,
      )
  })

  it('is trusted by no secret where one is none, and that is said', async () => {
    for (const wrong of ['', 'whsec_', secret.slice(6), 'whsec_ä'])
      expect(await refused(verify(signed(), { secrets: [wrong] }))).toMatch(/not whsec_ and base64/)
    await refused(verify(signed(), { secrets: [] }))
  })

  it('takes the key as the bytes behind the prefix', async () => {
    const raw = Buffer.from(secret.slice(6), 'base64')
    const mac = createHmac('sha256', raw)
      .update(`a.${now / 1_000}.${body}`)
      .digest('base64')
    const headers = {
      'webhook-id': 'a',
      'webhook-timestamp': `${now / 1_000}`,
      'webhook-signature': `v1,${mac}`,
    }
    expect(await verify(headers)).toEqual(event)
  })

  it('whose body is not JSON is said to be so', async () => {
    expect(await refused(verify(signed('hello'), { body: 'hello' }))).toMatch(/not JSON/)
  })
})
