import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'

/** A process and who started it. */
type Link = { pid: number; parent: number }

const manager = /(^|[\s/\\])(npm|npx|pnpm|yarn|bun)(-cli)?(\.[cm]?js)?(\s|$)/
const shell = /(^|[\s/])(ba|da|z)?sh(\s|$).*-[a-z]*c(\s|$)/

/**
 * Resolves when one of the package managers that started this process is gone: a signal to `npm start` ends npm alone,
 * and passes none on. Never resolves where none did. `signal` ends the watching.
 */
export async function launcherGone(pid: number, everyMs: number, signal: AbortSignal): Promise<void> {
  const links = await launchersOf(pid)
  if (links.length === 0) return new Promise(() => undefined)
  for (;;) {
    await setTimeout(everyMs, undefined, { signal, ref: false })
    const parents = await Promise.all(links.map((link) => parentOf(link.pid)))
    // who loses a parent is given another one, even while the dead one is not buried yet
    if (links.some(({ parent }, index) => parents[index] !== parent)) return
  }
}

/** From this process up to the last package manager; shells that one of them runs a script with are between. */
async function launchersOf(pid: number): Promise<Link[]> {
  const links: Link[] = []
  let known = 0
  for (let at = pid; at > 1;) {
    const parent = await parentOf(at)
    const command = parent === undefined || parent < 1 ? '' : await commandOf(parent)
    if (parent === undefined || !(manager.test(command) || shell.test(command))) break
    links.push({ pid: at, parent })
    if (manager.test(command)) known = links.length
    at = parent
  }
  return links.slice(0, known)
}

async function parentOf(pid: number): Promise<number | undefined> {
  if (process.platform !== 'linux') return Number(await ps(pid, 'ppid')) || undefined
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // `12 (a name) S 11 …`; the name may hold anything
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) || undefined
}

async function commandOf(pid: number): Promise<string> {
  if (process.platform !== 'linux') return ps(pid, 'command')
  return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ')
}

const ps = (pid: number, what: string): Promise<string> =>
  promisify(execFile)('ps', ['-o', `${what}=`, '-p', String(pid)]).then(
    ({ stdout }) => stdout.trim(),
    () => '',
  )
