import { at, caller, handClock, picture, simulators } from './talk.ts'

const model = 'wan2.5-i2i-preview'
const resolve = { 'X-DashScope-OssResourceResolve': 'enable' }

describe('the temporary store', () => {
  const start = simulators()
  type Simulator = Awaited<ReturnType<typeof start>>

  const fill = async (
    simulator: Simulator,
    change: (fields: [string, string][]) => [string, string][] = (f) => f,
  ) => {
    const { call } = caller(simulator)
    const { body } = await call(`/uploads?action=getPolicy&model=${model}`)
    const data = (name: string): string => String(at(body, `data.${name}`))
    const key = `${data('upload_dir')}/a.png`
    const form = new FormData()
    const fields = change([
      ['OSSAccessKeyId', data('oss_access_key_id')],
      ['Signature', data('signature')],
      ['policy', data('policy')],
      ['key', key],
      ['x-oss-object-acl', data('x_oss_object_acl')],
      ['x-oss-forbid-overwrite', data('x_oss_forbid_overwrite')],
      ['success_action_status', '200'],
    ])
    for (const [name, value] of fields) form.append(name, value)
    form.append('file', new Blob([new Uint8Array((await picture()).bytes)]), 'a.png')
    return { form, key, host: data('upload_host'), body }
  }
  const send = async (host: string, form: FormData): Promise<[number, string]> => {
    const answer = await fetch(host, { method: 'POST', body: form })
    const text = await answer.text()
    return [answer.status, /<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? text]
  }

  it('gives a policy for five minutes, for known models and keys only', async () => {
    const simulator = await start()
    const { call } = caller(simulator)
    expect((await call(`/uploads?action=getPolicy&model=${model}`)).body).toEqual({
      request_id: expect.any(String),
      data: {
        policy: expect.any(String),
        signature: expect.any(String),
        upload_dir: expect.any(String),
        upload_host: simulator.origin,
        expire_in_seconds: 300,
        max_file_size_mb: 100,
        capacity_limit_mb: 999_999_999,
        oss_access_key_id: expect.stringMatching(/^LTAI/),
        x_oss_object_acl: 'private',
        x_oss_forbid_overwrite: 'true',
      },
    })
    expect((await call('/uploads?action=getPolicy&model=none')).status).toBe(404)
    expect((await call(`/uploads?model=${model}`)).status).toBe(400)
    const strange = { headers: { Authorization: 'Bearer sk-strange' } }
    expect((await call(`/uploads?action=getPolicy&model=${model}`, strange)).status).toBe(401)
  })

  it('takes a file once, and never over another', async () => {
    const simulator = await start()
    const { form, host } = await fill(simulator)
    expect(await send(host, form)).toEqual([200, ''])
    expect(await send(host, form)).toEqual([409, 'FileAlreadyExists'])
  })

  it('refuses a forged, expired, incomplete or foreign form', async () => {
    const clock = handClock()
    const simulator = await start({ now: clock.now })
    const set = (name: string, value: string) => (fields: [string, string][]) =>
      fields.map(([field, old]): [string, string] => [field, field === name ? value : old])
    const forged = await fill(simulator, set('Signature', 'AAAA'))
    expect(await send(forged.host, forged.form)).toEqual([403, 'SignatureDoesNotMatch'])
    const foreign = await fill(simulator, set('key', 'elsewhere/a.png'))
    expect(await send(foreign.host, foreign.form)).toEqual([403, 'AccessDenied'])
    const open = await fill(simulator, set('x-oss-object-acl', 'public-read'))
    expect(await send(open.host, open.form)).toEqual([403, 'AccessDenied'])
    const short = await fill(simulator, (fields) => fields.slice(1))
    expect(await send(short.host, short.form)).toEqual([400, 'InvalidArgument'])
    const unordered = await fill(simulator)
    unordered.form.append('x-oss-content-type', 'image/png')
    expect(await send(unordered.host, unordered.form)).toEqual([400, 'InvalidArgument'])
    const late = await fill(simulator)
    clock.pass(300_001)
    expect(await send(late.host, late.form)).toEqual([403, 'AccessDenied'])
  })

  it('serves a submit only with the resolve header, for its own model, for 48 h', async () => {
    const clock = handClock()
    const simulator = await start({ now: clock.now })
    const { form, key, host } = await fill(simulator)
    await send(host, form)
    const { post } = caller(simulator)
    const images = [`oss://${key}`]
    const submit = async (headers: Record<string, string>, urls = images) => {
      const reply = await post({ model, input: { prompt: 'x', images: urls }, parameters: { n: 1 } }, headers)
      return [reply.status, at(reply, 'code')]
    }
    const denied = [400, 'InvalidParameter.DataInspection']
    expect(await submit(resolve)).toEqual([200, undefined])
    expect(await submit({})).toEqual(denied)
    expect(await submit(resolve, ['oss://dashscope-instant/nobody/a.png'])).toEqual(denied)
    const message = { role: 'user', content: [{ text: 'x' }, { image: images[0] }] }
    const foreign = await post(
      { model: 'wan2.6-image', input: { messages: [message] } },
      resolve,
      'image-generation/generation',
    )
    expect([foreign.status, at(foreign, 'code')]).toEqual(denied)
    clock.pass(48 * 3_600_000 + 1)
    expect(await submit(resolve)).toEqual(denied)
  })
})
