import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
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

/**
 * Builds the console, unless what is there was built of the same files. It is built beside and put in its place: another process
 * may serve what is there. Throws what the build says.
 */
export async function buildConsole(): Promise<void> {
  const digest = await digestOf(globSync(sources, { cwd: root }).toSorted())
  const mark = join(consoleDir, 'built-of.txt')
  if ((await readFile(mark, 'utf8').catch(() => '')) === digest) return
  // where no tool looks that finds what a killed build has left
  const beside = await mkdtemp(join(app, 'node_modules/.dist-'))
  try {
    await build(beside)
    await writeFile(join(beside, 'built-of.txt'), digest)
    // another process was faster, and may serve what it has built
    if ((await readFile(mark, 'utf8').catch(() => '')) === digest) return
    await rm(consoleDir, { recursive: true, force: true })
    await rename(beside, consoleDir)
  } catch (error) {
    if ((await readFile(mark, 'utf8').catch(() => '')) !== digest) throw error
  } finally {
    await rm(beside, { recursive: true, force: true })
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
  const child = spawn(process.execPath, args, { cwd: app, stdio: ['ignore', 'pipe', 'pipe'] })
  const said: string[] = []
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => void said.push(String(chunk)))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`the console could not be built: ${said.join('').trim().slice(-2_000)}`)
}
