import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { Redis } from 'ioredis'
import { startRedis, type RedisOptions } from './start-redis.ts'

const undo: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

async function start(options?: RedisOptions) {
  const server = await startRedis(options)
  undo.push(() => server.stop())
  return server
}

function connectTo(url: string) {
  const client = new Redis(url)
  client.on('error', () => {})
  undo.push(async () => client.disconnect())
  return client
}

async function folder() {
  const dir = await mkdtemp(join(tmpdir(), 'restyle test '))
  undo.push(() => rm(dir, { recursive: true, force: true }))
  return dir
}

const alive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

async function until(condition: () => boolean) {
  for (const end = Date.now() + 10_000; !condition(); await sleep(10)) {
    if (Date.now() > end) throw new Error('waited 10 s in vain')
  }
}

describe('startRedis', () => {
  it('answers with the settings asked for', async () => {
    const server = await start({ appendfsync: 'always', maxmemory: '64mb', extra: ['maxclients 77'] })
    const client = connectTo(server.url)
    const settings = await client.config(
      'GET',
      'appendonly',
      'appendfsync',
      'maxmemory',
      'maxmemory-policy',
      'hz',
      'maxclients',
      'bind',
    )
    expect(settings).toEqual(
      expect.arrayContaining([
        'yes',
        'always',
        String(64 * 1024 * 1024),
        'noeviction',
        '100',
        '77',
        '127.0.0.1',
      ]),
    )
  })

  it('removes its temporary folder and its process on stop, and stops twice without harm', async () => {
    const server = await start()
    const client = connectTo(server.url)
    const [, dir = ''] = (await client.config('GET', 'dir')) as string[]
    client.disconnect()
    await server.stop()
    await server.stop()
    expect(alive(server.pid)).toBe(false)
    await expect(access(dir)).rejects.toThrow('ENOENT')
  })

  it('keeps what was written through a crash and a restart on the same port', async () => {
    const server = await start({ appendfsync: 'always' })
    const before = server.pid
    const client = connectTo(server.url)
    await client.set('edit', 'queued')
    await server.kill()
    expect(alive(before)).toBe(false)
    await server.restart()
    expect(server.pid).not.toBe(before)
    expect(await client.get('edit')).toBe('queued')
  })

  it('keeps what was written in a folder for the next one who uses it', async () => {
    const dir = await folder()
    const first = await start({ dir })
    await connectTo(first.url).set('edit', 'queued')
    await first.stop()
    const second = await start({ dir })
    expect(await connectTo(second.url).get('edit')).toBe('queued')
  })

  it('answers nothing while suspended and everything afterwards', async () => {
    const server = await start()
    const client = connectTo(server.url)
    await client.ping()
    server.suspend()
    let answered = false
    const reply = client.ping().then(() => (answered = true))
    await sleep(100)
    expect(answered).toBe(false)
    server.resume()
    expect(await reply).toBe(true)
  })

  it('stops even while suspended', async () => {
    const server = await start()
    server.suspend()
    await server.stop()
    expect(alive(server.pid)).toBe(false)
  })

  it('says who holds the folder', async () => {
    const dir = await folder()
    const first = await start({ dir })
    await expect(startRedis({ dir })).rejects.toThrow(`Redis (process ${first.pid}) still uses ${dir}`)
  })

  it('is not held up by the pid file of a crash', async () => {
    const dir = await folder()
    const first = await start({ dir })
    await first.kill()
    expect(await readFile(join(dir, 'redis.pid'), 'utf8')).toContain(String(first.pid))
    await start({ dir })
  })

  it('says that the port is taken, even when another Redis answers on it', async () => {
    const other = await start()
    await expect(startRedis({ port: other.port })).rejects.toThrow(`Port ${other.port} is taken`)
  })

  it('says what Redis said when it does not start', async () => {
    await expect(startRedis({ extra: ['no-such-setting 1'] })).rejects.toThrow('no-such-setting')
  })

  it('is out of reach of a Ctrl-C that is meant for us', async () => {
    const server = await start()
    // it leads a process group of its own
    expect(alive(-server.pid)).toBe(true)
  })

  it('dies with a parent that is killed, even while suspended', async () => {
    const module = pathToFileURL(join(import.meta.dirname, 'start-redis.ts')).href
    const options = JSON.stringify({ dir: await folder() })
    const program = `const { startRedis } = await import('${module}'); const redis = await startRedis(${options}); redis.suspend(); process.stdout.write(String(redis.pid))`
    const parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [chunk] = await once(parent.stdout, 'data')
    const pid = Number(String(chunk))
    expect(alive(pid)).toBe(true)
    parent.kill('SIGKILL')
    await until(() => !alive(pid))
  })
})
