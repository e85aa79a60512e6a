import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { promisify } from 'node:util'

const exec = promisify(execFile)

const folder = fileURLToPath(new URL('../../../../node_modules/.cache/restyle-runtimes/', import.meta.url))

/** The oldest line of Node that the client runs on, and Bun. Their packages hold the programs themselves. */
const wanted = ['node@20.20.2', 'bun@1.4.5']

/** The paths of the programs. */
export const runtimes = {
  'Node 20': join(folder, 'node_modules/node/bin/node'),
  Bun: join(folder, 'node_modules/bun/bin/bun.exe'),
}

/**
 * Installs the programs that the client must run on besides the Node of this repository. They are 250 MB, so they are no
 * dependencies: whoever starts Restyle would have to wait for them.
 */
export async function bringRuntimes(): Promise<void> {
  const there = await Promise.all(Object.values(runtimes).map((path) => exec(path, ['--version'])))
    .then(() => true)
    .catch(() => false)
  if (there) return
  const flags = ['--no-save', '--no-audit', '--no-fund', '--loglevel', 'error']
  await exec('npm', ['install', ...flags, '--prefix', folder, ...wanted], { timeout: 180_000 })
}
