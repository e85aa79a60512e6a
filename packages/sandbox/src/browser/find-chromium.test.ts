import type { Machine, Ran } from '../redis/find-redis.ts'
import { findChromium } from './find-chromium.ts'

const no: Ran = { code: 1, output: '' }
const ok: Ran = { code: 0, output: '' }

/** A pretend machine, which answers each command line. */
function machine(
  answer: (line: string, before: readonly string[]) => Ran,
  facts: Partial<Pick<Machine, 'platform' | 'root'>> = {},
) {
  const commands: string[] = []
  const said: string[] = []
  const pretend: Machine = {
    platform: 'linux',
    root: true,
    ...facts,
    say: (line) => void said.push(line),
    wait: () => Promise.resolve(),
    run: (command, args) => {
      const line = [command, ...args].join(' ')
      const answered = answer(line, commands)
      commands.push(line)
      return Promise.resolve(answered)
    },
  }
  return { pretend, commands, said }
}
const find = (pretend: Machine, named?: string) => findChromium({ machine: pretend, named })

it('takes the one that RESTYLE_CHROMIUM names, and looks for no other', async () => {
  const { pretend, commands } = machine(() => no)
  expect(await find(pretend, '/opt/chromium')).toBe('/opt/chromium')
  expect(commands).toEqual([])
})

it('takes one that runs, and not one that only says how to install it', async () => {
  const { pretend, said } = machine((line) => {
    if (line === 'which google-chrome') return { code: 0, output: '/usr/bin/google-chrome\n' }
    return line === 'google-chrome --version' ? ok : no
  })
  expect(await find(pretend)).toBe('/usr/bin/google-chrome')
  expect(said).toEqual([])
})

it('installs Debian’s where it may', async () => {
  const { pretend, said } = machine((line, before) => {
    if (line === 'which chromium') return { code: 0, output: '/usr/bin/chromium\n' }
    const isThere = before.some((each) => each.endsWith('install -y --no-install-recommends chromium'))
    return line.endsWith('--version') && !line.startsWith('apt-get') && !isThere ? no : ok
  })
  expect(await find(pretend)).toBe('/usr/bin/chromium')
  expect(said).toEqual([expect.stringContaining('the package chromium with apt-get')])
})

it('has npm bring one where it may install nothing', async () => {
  const { pretend, said, commands } = machine(
    (line) =>
      line.includes('bring-chromium.ts') ? { code: 0, output: 'a warning\n/cache/chromium.sh\n' } : no,
    { root: false },
  )
  expect(await find(pretend)).toBe('/cache/chromium.sh')
  expect(said).toEqual([expect.stringContaining('npm brings one')])
  expect(commands.filter((line) => line.includes('install'))).toEqual([])
})

it('says in one line what failed and what to do where none can be had', async () => {
  const { pretend } = machine((line) => {
    if (line === 'apt-get --version') return ok
    if (line.endsWith('-qq update')) return { code: 100, output: 'Reading\nE: Failed to fetch\n' }
    return line.includes('bring-chromium.ts') ? { code: 1, output: 'Error: it has none for arm64\n' } : no
  })
  await expect(find(pretend)).rejects.toThrow(
    /^No Chromium can be had here \(E: Failed to fetch; Error: it has none for arm64\)\. Install one .*RESTYLE_CHROMIUM$/,
  )
})

it('uses brew on a Mac, and brings none there', async () => {
  const { pretend, commands } = machine(() => no, { platform: 'darwin' })
  await expect(find(pretend)).rejects.toThrow('RESTYLE_CHROMIUM')
  expect(commands).toContain('brew install chromium')
  expect(commands.filter((line) => line.includes('bring-chromium'))).toEqual([])
})
