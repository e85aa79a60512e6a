import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

const script = join(import.meta.dirname, '../../src/cli/sandbox.ts')

describe('sandbox dashscope', () => {
  it('says in one line where it is and with which key, serves, and ends on SIGTERM', async () => {
    const flags = [
      '--port',
      '0',
      '--speed',
      '60',
      '--beyond-limit',
      'refuse',
      '--seed',
      '3',
      '--key',
      'sk-mine',
    ]
    const child = spawn(process.execPath, [script, 'dashscope', ...flags], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    await once(child.stdout, 'data')
    const [, url] =
      /^DashScope simulator ready at (http:\/\/127\.0\.0\.1:\d+\/api\/v1) with key sk-mine\n$/.exec(said) ??
      []
    const answer = await fetch(`${url}/tasks`, { headers: { Authorization: 'Bearer sk-mine' } })
    expect(answer.status).toBe(200)
    await answer.arrayBuffer()
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
    expect(said.split('\n')).toHaveLength(2)
  })

  it('refuses flags that make no sense', async () => {
    const child = spawn(process.execPath, [script, 'dashscope', '--beyond-limit', 'pray'], {
      stdio: 'ignore',
    })
    const [code] = await once(child, 'exit')
    expect(code).toBe(1)
  })
})
