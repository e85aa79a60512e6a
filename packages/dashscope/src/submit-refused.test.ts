import { createServer, type Socket } from 'node:net'
import { answer, startScriptedServer } from '../test/scripted-server.ts'
import { accepted, submitTo } from '../test/submit-to.ts'

describe('a submit that is surely refused', () => {
  it.each([
    [200, 'InvalidParameter', 'failEdit'],
    [200, 'Arrearage', 'pauseLane'],
    [400, 'InternalError.Algo.InvalidParameter', 'failEdit'],
    [404, 'model_not_found', 'pauseLane'],
    [403, 'access_denied', 'pauseLane'],
    [429, 'insufficient_quota', 'pauseLane'],
    [400, 'InvalidParameter', 'failEdit'],
    [400, 'DataInspectionFailed', 'failEdit'],
    [400, 'Arrearage', 'pauseLane'],
    [401, 'InvalidApiKey', 'pauseLane'],
    [403, 'AccessDenied', 'pauseLane'],
    [429, 'Throttling.RateQuota', 'retryLater'],
    [503, 'Throttling.RateQuota', 'retryLater'],
  ])('says so on %i %s (C1, C13)', async (status, code, action) => {
    const said = { code, message: 'why', request_id: 'request-1' }
    const { outcome, requests } = await submitTo((socket) => socket.write(answer(status, said)))
    expect(outcome).toMatchObject({
      kind: 'refused',
      code,
      message: 'why',
      httpStatus: status,
      requestId: 'request-1',
      action,
    })
    expect(requests).toHaveLength(1)
  })

  it('is understood where a gateway nests the error', async () => {
    const error = { code: 'model_not_found', message: 'The model `x` does not exist' }
    const { outcome } = await submitTo((socket) => socket.write(answer(404, { error, request_id: 'r' })))
    expect(outcome).toMatchObject({ kind: 'refused', ...error, requestId: 'r', action: 'pauseLane' })
  })

  it.each([
    ['words alone', { error: 'Not Found', path: '/services' }, 'Not Found'],
    ['nothing', '', 'answered HTTP 404 without a message'],
  ])('has a message though the answer says %s', async (_, body, message) => {
    const { outcome } = await submitTo((socket) => socket.write(answer(404, body)))
    expect(outcome).toMatchObject({ kind: 'refused', code: 'Http404', message, action: 'pauseLane' })
  })

  it('tells how long to wait (C1)', async () => {
    const { outcome } = await submitTo((socket) =>
      socket.write(answer(429, { code: 'Throttling' }, { 'retry-after': '7' })),
    )
    expect(outcome).toMatchObject({ kind: 'refused', action: 'retryLater', retryAfterMs: 7000 })
  })

  it('trusts the status of a refusal whose text was cut', async () => {
    const { outcome } = await submitTo((socket) =>
      socket.end(answer(429, { code: 'Throttling' }).slice(0, -5)),
    )
    expect(outcome).toMatchObject({ kind: 'refused', code: 'Http429', action: 'retryLater' })
  })

  it('follows no redirect, so that the key stays here (C17)', async () => {
    const other = await startScriptedServer((socket) => socket.write(answer(200, accepted)))
    const { outcome, requests } = await submitTo((socket) =>
      socket.write(answer(307, '', { location: `${other.url}/` })),
    )
    await other.stop()
    expect(outcome).toMatchObject({
      kind: 'refused',
      code: 'Redirected',
      httpStatus: 307,
      action: 'pauseLane',
    })
    expect([requests.length, other.connections()]).toEqual([1, 0])
  })

  it.each([
    ['nobody listens (C4)', 'http://127.0.0.1:1/api/v1'],
    ['there is no such name (C4)', 'http://no-such-host.invalid/api/v1'],
  ])('was not sent where %s', async (_, baseUrl) => {
    const { outcome } = await submitTo(() => {}, { baseUrl })
    expect(outcome).toMatchObject({ kind: 'refused', code: 'NotSent', action: 'retryLater' })
  })

  it.each<[string, (socket: Socket) => void]>([
    ['speaks no TLS', (socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['hangs up', (socket) => socket.end()],
    ['resets', (socket) => socket.resetAndDestroy()],
    ['says nothing', () => {}],
  ])('was not sent where the other side %s before TLS comes about (C16)', async (_, greet) => {
    const other = createServer((socket) => {
      socket.on('error', () => {})
      socket.once('data', () => greet(socket))
    })
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const address = other.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const baseUrl = `https://127.0.0.1:${port}/api/v1`
    const { outcome } = await submitTo(() => {}, { baseUrl, deadlines: { submit: 300 } })
    await new Promise((resolve) => other.close(resolve))
    expect(outcome).toMatchObject({ kind: 'refused', code: 'NotSent', action: 'retryLater' })
  })

  it('was not sent where its caller had given up before', async () => {
    const { outcome, connections } = await submitTo(() => {}, {}, { signal: AbortSignal.abort() })
    expect(outcome).toMatchObject({ kind: 'refused', code: 'NotSent' })
    expect(connections).toBe(0)
  })
})
