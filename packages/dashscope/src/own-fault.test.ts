import { createClient } from './client.ts'
import { models } from './models.ts'
import { startScriptedServer } from '../test/scripted-server.ts'

const model = models['wan2.5-i2i-preview']

describe('a submit that cannot be built', () => {
  it('for a key that fits into no header is not sent, and the lane waits for a person', async () => {
    const server = await startScriptedServer(() => {})
    const client = createClient({ baseUrl: `${server.url}/api/v1`, apiKey: 'sk-1\nsk-2' })
    const outcome = await client.submit(model, {})
    expect(outcome).toMatchObject({ kind: 'refused', code: 'NotBuilt', action: 'pauseLane' })
    expect(JSON.stringify(outcome)).not.toContain('sk-2')
    expect(server.connections()).toBe(0)
    await client.close()
    await server.stop()
  })

  it('for what the edit holds is not sent either, and no other edit is held up', async () => {
    const client = createClient({ baseUrl: 'http://127.0.0.1:1/api/v1', apiKey: 'sk-1' })
    const circle: { self?: object } = {}
    circle.self = circle
    const outcome = await client.submit(model, circle)
    await client.close()
    expect(outcome).toMatchObject({ kind: 'refused', code: 'NotBuilt', action: 'failEdit' })
  })
})
