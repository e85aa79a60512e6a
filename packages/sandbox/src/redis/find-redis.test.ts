import { findRedis, type Ran } from './find-redis.ts'

const found = (version: string): Ran => ({
  code: 0,
  output: `Redis server v=${version} sha=00000000:0 bits=64`,
})
const absent: Ran = { code: null, output: 'spawn redis-server ENOENT' }
const ok: Ran = { code: 0, output: '' }

/** A pretend machine: `versions` are the answers of redis-server --version, one per look. */
function machine(
  versions: Ran[],
  facts: { platform?: NodeJS.Platform; root?: boolean; answer?: (line: string) => Ran },
) {
  const commands: string[] = []
  const said: string[] = []
  return {
    commands,
    said,
    platform: facts.platform ?? 'linux',
    root: facts.root ?? true,
    say: (line: string) => void said.push(line),
    wait: () => Promise.resolve(),
    run: (command: string, args: string[]) => {
      if (command === 'redis-server') return Promise.resolve(versions.shift() ?? absent)
      const line = [command, ...args].join(' ')
      commands.push(line)
      return Promise.resolve(facts.answer?.(line) ?? ok)
    },
  }
}

describe('findRedis', () => {
  it('takes the one on PATH and says nothing', async () => {
    const here = machine([found('7.0.15')], {})
    expect(await findRedis(here)).toBe('redis-server')
    expect(here.commands).toEqual([])
    expect(here.said).toEqual([])
  })

  it('refuses one that is too old and says what to do', async () => {
    await expect(findRedis(machine([found('6.0.16')], {}))).rejects.toThrow(
      /6\.0\.16 is too old.*Redis 7 or newer/,
    )
  })

  it('installs it as root without starting a service, and says so', async () => {
    const here = machine([absent, found('7.0.15')], {})
    expect(await findRedis(here)).toBe('redis-server')
    expect(here.commands.slice(1)).toEqual([
      'env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -qq update',
      'env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -qq install -y --no-install-recommends redis-server',
    ])
    expect(here.said).toEqual([expect.stringContaining('no service is started')])
  })

  it('installs it with sudo where sudo asks for no password', async () => {
    const here = machine([absent, found('7.4.0')], { root: false })
    await findRedis(here)
    expect(here.commands.at(-1)).toMatch(/^sudo -n env .*install/)
  })

  it('never asks for a password', async () => {
    const here = machine([absent], {
      root: false,
      answer: (line) => (line.startsWith('sudo') ? { code: 1, output: 'a password is required' } : ok),
    })
    await expect(findRedis(here)).rejects.toThrow(/No redis-server on PATH.*apt-get install redis-server/)
    expect(here.commands.filter((line) => line.includes('install'))).toEqual([])
  })

  it('uses brew on a Mac', async () => {
    const here = machine([absent, found('8.2.1')], { platform: 'darwin', root: false })
    await findRedis(here)
    expect(here.commands).toEqual(['brew install redis'])
  })

  it('says what to do where there is no package manager it knows', async () => {
    const here = machine([absent], { answer: () => absent })
    await expect(findRedis(here)).rejects.toThrow(/No redis-server on PATH.*https:\/\/redis\.io/)
  })

  it('gives the reason when the installation fails', async () => {
    const here = machine([absent], {
      answer: (line) => (line.includes('update') ? { code: 100, output: 'E: Failed to fetch' } : ok),
    })
    await expect(findRedis(here)).rejects.toThrow('E: Failed to fetch')
  })

  it('installs once only, even if the command is still not on PATH', async () => {
    const here = machine([], { platform: 'darwin' })
    await expect(findRedis(here)).rejects.toThrow('No redis-server on PATH. Install')
    expect(here.commands).toEqual(['brew install redis'])
  })

  it('waits for another installation and takes what that one installed', async () => {
    const here = machine([absent, absent, found('7.0.15')], {
      answer: (line) =>
        line.includes('update') ? { code: 100, output: 'E: Could not get lock /var/lib/apt/lists/lock' } : ok,
    })
    expect(await findRedis(here)).toBe('redis-server')
    expect(here.said).toHaveLength(1)
  })
})
