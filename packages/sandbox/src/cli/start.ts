import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { z } from 'zod'
import { openLogFile } from '../world/log-file.ts'
import { startWorld } from '../world/start-world.ts'
import { readConfig } from './config.ts'

const Credentials = z.object({ url: z.string(), key: z.string() })

const config = readConfig()
const dir = config.RESTYLE_DIR
const credentials = join(dir, 'credentials.json')
const logFile = join(dir, 'restyle.log')
const say = (line: string) => process.stdout.write(`${line}\n`)

/** The key of the last start, so that scripts that hold it go on working. */
async function knownKey(): Promise<string> {
  const text = await readFile(credentials, 'utf8').catch(() => undefined)
  return text === undefined
    ? `rk_local_${randomBytes(24).toString('hex')}`
    : Credentials.parse(JSON.parse(text)).key
}

await mkdir(dir, { recursive: true })
const { log, close } = await openLogFile(logFile)
const apiKey = await knownKey()
const realKey = config.DASHSCOPE_API_KEY
const world = await startWorld({
  dir,
  log,
  apiKey,
  speed: config.RESTYLE_SPEED,
  ports: {
    producer: config.PORT,
    s3: config.S3_PORT,
    redis: config.REDIS_PORT,
    dashscope: config.DASHSCOPE_PORT,
  },
  ...(realKey !== undefined && {
    real: { apiKey: realKey, ...(config.DASHSCOPE_BASE_URL && { baseUrl: config.DASHSCOPE_BASE_URL }) },
  }),
}).catch((error: Error) => {
  process.stderr.write(`restyle did not start: ${error.message}\n`)
  return undefined
})

if (world === undefined) process.exitCode = 1
else {
  await writeFile(credentials, JSON.stringify({ url: world.url, key: apiKey }), { mode: 0o600 })
  await chmod(credentials, 0o600)
  const lines = Object.entries(world.env).map(([name, value]) => `${name}='${value}'\n`)
  await writeFile(join(dir, 'worker.env'), lines.join(''), { mode: 0o600 })
  const here = (path: string) =>
    relative(process.cwd(), path).startsWith('..') ? path : relative(process.cwd(), path)
  say(`Restyle is up at ${world.url} (its key is in ${here(credentials)}, where the CLI finds it)`)
  say(
    realKey === undefined
      ? `  renders with  the simulator, ${config.RESTYLE_SPEED} times as fast as the service; DASHSCOPE_API_KEY makes it real`
      : '  renders with  DashScope itself: every image is billed to your account',
  )
  say(`  images go to  ${here(join(dir, 's3/restyle/local'))}`)
  say(`  log           ${here(logFile)}`)
  say('')
  say(
    'In another terminal:  pnpm restyle run ./photos --prompt "Place it on a marble table in morning light"',
  )
  say('Ctrl-C stops it; what is under way goes on at the next start.')

  let stopping = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (stopping) process.exit(1)
      stopping = true
      say('stopping…')
      void world.stop().then(close)
    })
}
