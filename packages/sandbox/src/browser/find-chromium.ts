import { fileURLToPath } from 'node:url'
import { install, type Machine, thisMachine } from '../redis/find-redis.ts'
import { chromiumToUse } from './config.ts'

const commands = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]
const bring = fileURLToPath(new URL('bring-chromium.ts', import.meta.url))

/** What the finder needs of the world. `named`: the browser of `RESTYLE_CHROMIUM`. */
type Facts = { machine?: Machine; named?: string | undefined }

/**
 * The command of a Chromium: `RESTYLE_CHROMIUM`, else one on PATH, else installed as Redis is, else brought by npm (Linux on x64).
 * Throws one clear line where none can be had.
 */
export async function findChromium({
  machine = thisMachine,
  named = chromiumToUse,
}: Facts = {}): Promise<string> {
  if (named !== undefined) return named
  const found = await foundChromium(machine)
  if (found !== undefined) return found
  const { output } = await install(machine, { name: 'Chromium', brew: 'chromium', apt: 'chromium' })
  const installed = await foundChromium(machine)
  if (installed !== undefined) return installed
  const brought = await broughtChromium(machine)
  if ('path' in brought) return brought.path
  const reasons = [output, brought.why].map(lastLine).filter((line) => line !== '')
  throw new Error(
    `No Chromium can be had here${reasons.length === 0 ? '' : ` (${reasons.join('; ')})`}. Install one (Debian: apt-get install chromium), or name one in RESTYLE_CHROMIUM`,
  )
}

/** The first that runs: Ubuntu's command is there, but only says how a snap is installed. */
async function foundChromium({ run }: Machine): Promise<string | undefined> {
  for (const command of commands) {
    const { code } = await run(command, ['--version'])
    if (code === 0) return absolute(run, command)
  }
  return undefined
}

/** Playwright wants a path. */
async function absolute(run: Machine['run'], command: string): Promise<string> {
  const { code, output } = await run('which', [command])
  return code === 0 ? output.trim() : command
}

async function broughtChromium({ platform, run, say }: Machine): Promise<{ path: string } | { why: string }> {
  if (platform !== 'linux') return { why: '' }
  say('Chromium is not installed: npm brings one (75 MB) into node_modules/.cache.')
  const { code, output } = await run(process.execPath, [bring])
  return code === 0 ? { path: lastLine(output) } : { why: output }
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? ''
