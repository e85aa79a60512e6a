import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { env as own } from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const app = join(root, 'apps/console')

/** Where the producer looks for it. */
export const consoleDir = join(app, 'dist')

const sources = [
  'apps/console/{src,public}/**/*.*',
  'apps/console/{index.html,vite.config.ts,package.json}',
  'packages/client/src/**/*.ts',
  'pnpm-lock.yaml',
]

/** Held while a process builds. One that is so old (ms) was left by a process that was killed. */
const lock = join(app, 'node_modules/.building')
const longestBuildMs = 60_000

/**
 * Builds the console, unless what is there was built of the same files. It is built beside and put in its place: another process
 * may serve what is there. Of several processes one builds, and the others wait for it. Throws what the build says.
 */
export async function buildConsole(): Promise<void> {
  const digest = await digestOf(globSync(sources, { cwd: root }).toSorted())
  const mark = join(consoleDir, 'built-of.txt')
  const isBuilt = async (): Promise<boolean> => (await readFile(mark, 'utf8').catch(() => '')) === digest
  while (!(await isBuilt())) {
    if (!(await taken(lock))) await buildAnew(digest, isBuilt)
    else await sleep(100)
  }
}

/** Takes the lock, unless another process has it. */
async function taken(path: string): Promise<boolean> {
  try {
    await mkdir(path)
    return false
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    const { mtimeMs = Date.now() } = (await stat(path).catch(() => undefined)) ?? {}
    if (Date.now() - mtimeMs > longestBuildMs) await rm(path, { recursive: true, force: true })
    return true
  }
}

async function buildAnew(digest: string, isBuilt: () => Promise<boolean>): Promise<void> {
  // where no tool looks that finds what a killed build has left
  const beside = await mkdtemp(join(app, 'node_modules/.dist-'))
  try {
    if (await isBuilt()) return
    await build(beside)
    await writeFile(join(beside, 'built-of.txt'), digest)
    await rm(consoleDir, { recursive: true, force: true })
    await rename(beside, consoleDir)
  } catch (error) {
    // one that took this for killed was faster
    if (!(await isBuilt())) throw error
  } finally {
    await rm(beside, { recursive: true, force: true })
    await rm(lock, { recursive: true, force: true })
  }
}

async function digestOf(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256')
  for (const file of files) hash.update(`${file}\n`).update(await readFile(join(root, file)))
  return hash.digest('hex')
}

async function build(into: string): Promise<void> {
  const vite = join(app, 'node_modules/vite/bin/vite.js')
  const args = [vite, 'build', '--outDir', into, '--emptyOutDir', '--logLevel', 'warn']
  // else React is that for developers, where a shell or a test runner says so
  const env = { ...own, NODE_ENV: 'production' }
  const child = spawn(process.execPath, args, { cwd: app, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const said: string[] = []
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => void said.push(String(chunk)))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`the console could not be built: ${said.join('').trim().slice(-2_000)}`)
}
