import { install, thisMachine } from '../../src/redis/find-redis.ts'
import { chromiumToUse } from './config.ts'

const commands = ['chromium', 'chromium-browser', 'google-chrome']

/** The command of a Chromium: `RESTYLE_CHROMIUM`, else found on PATH, else installed. Throws one clear line where neither works. */
export async function findChromium(): Promise<string> {
  if (chromiumToUse !== undefined) return chromiumToUse
  const found = await foundChromium()
  if (found !== undefined) return found
  const { output } = await install(thisMachine, { name: 'Chromium', brew: 'chromium', apt: 'chromium' })
  const installed = await foundChromium()
  if (installed !== undefined) return installed
  const last = output.trim().split('\n').at(-1) ?? ''
  throw new Error(
    `No chromium on PATH (${last}). Install it: apt-get install chromium, or name one in RESTYLE_CHROMIUM`,
  )
}

async function foundChromium(): Promise<string | undefined> {
  for (const command of commands) {
    const { code, output } = await thisMachine.run('which', [command])
    if (code === 0) return output.trim()
  }
  return undefined
}
