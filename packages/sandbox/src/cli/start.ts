import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { ownUid } from '@restyle/cli/config'
import { faultOfOwner } from '@restyle/cli/own-file'
import { RestyleError } from '@restyle/shared/errors'
import { exitOnKnownError } from '@restyle/shared/read-env'
import { z } from 'zod'
import { buildConsole } from '../world/build-console.ts'
import { envText } from '../world/env-text.ts'
import { examineWorld } from '../world/examine-world.ts'
import { launcherGone } from '../world/launchers.ts'
import { openLogFile } from '../world/log-file.ts'
import { startWorld } from '../world/start-world.ts'
import { readConfig } from './config.ts'

const Credentials = z.object({ url: z.string(), key: z.string() })

const config = await exitOnKnownError(() => readConfig())
const dir = config.RESTYLE_DIR
const credentials = join(dir, 'credentials.json')
const workerEnv = join(dir, 'worker.env')
const logFile = join(dir, 'restyle.log')
const watching = new AbortController()
// from the first moment on: npm may be gone before all is up
const launchers =
  config.npm_lifecycle_event === undefined ? undefined : launcherGone(process.pid, 500, watching.signal)
const say = (line: string) => process.stdout.write(`${line}\n`)

/** The key of the last start, so that scripts that hold it go on working; not one that others may have put there. */
async function knownKey(): Promise<string> {
  const ours = (await faultOfOwner(credentials, ownUid()).catch(() => 'is not there')) === undefined
  const text = ours ? await readFile(credentials, 'utf8').catch(() => undefined) : undefined
  return text === undefined
    ? `rk_local_${randomBytes(24).toString('hex')}`
    : Credentials.parse(JSON.parse(text)).key
}

await mkdir(dir, { recursive: true })
const { log, close } = await openLogFile(logFile)
const apiKey = await knownKey()
const realKey = config.DASHSCOPE_API_KEY
const world = await exitOnKnownError(() =>
  startWorld({
    direct: true,
    sources: 'photos',
    dir,
    log,
    apiKey,
    speed: config.RESTYLE_SPEED,
    // as a worker of one's own: `restyle report` waits for them
    overrides: { filesAfterMs: 2_000 },
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
    throw new RestyleError('NotStarted', `restyle did not start: ${error.message}`, {}, error)
  }),
)
const building = buildConsole().then(
  () => undefined,
  (error: Error) => error.message,
)
await writeFile(credentials, JSON.stringify({ url: world.url, key: apiKey }), { mode: 0o600 })
await chmod(credentials, 0o600)
await writeFile(workerEnv, envText(world.env), { mode: 0o600 })

/** The environment of a worker opens the vendor's account: it goes with the world that it belongs to. */
async function stop(): Promise<void> {
  await rm(workerEnv, { force: true })
  await world.stop()
  await close()
}

/** A second signal within this is the same wish, passed on by npm or pnpm. */
const sameWishMs = 1_000

let stoppingSince: number | undefined
function stopOnce(): void {
  if (stoppingSince !== undefined) return
  stoppingSince = performance.now()
  watching.abort()
  say('stopping…')
  stop().catch((error: Error) => {
    process.stderr.write(`restyle did not stop as it should: ${error.message}\n`)
    process.exit(1)
  })
}
// whoever read what we say may be gone before us
process.stdout.on('error', () => undefined)
// SIGHUP: the terminal was closed
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    if (stoppingSince !== undefined && performance.now() - stoppingSince > sameWishMs) process.exit(1)
    stopOnce()
  })
launchers?.then(stopOnce, () => undefined)

const here = (path: string) =>
  relative(process.cwd(), path).startsWith('..') ? path : relative(process.cwd(), path)
say(`Restyle is up at ${world.url} (its key is in ${here(credentials)}, where the CLI finds it)`)
say(
  realKey === undefined
    ? `  renders with  the simulator, ${config.RESTYLE_SPEED} times as fast as the service; DASHSCOPE_API_KEY makes it real`
    : '  renders with  DashScope itself: every image is billed to your account',
)
say(`  images go to  ${here(join(dir, 's3/restyle/local'))}`)
say(
  `  catalogs may be in s3://photos, by AWS_ENDPOINT_URL_S3=${world.s3.url} and the keys in ${here(workerEnv)}`,
)
say(`  log           ${here(logFile)}`)
const amiss = await examineWorld(world.env, log, 5_000)
for (const { what, verdict, says } of amiss)
  say(`${verdict === 'refuse' ? 'STOP' : 'warn'}  ${what}: ${says}`)
if (amiss.some(({ verdict }) => verdict === 'refuse'))
  say('No edit gets anywhere until that is mended; pnpm restyle doctor looks again.')
say('')
const unbuilt = await building
say(
  unbuilt === undefined
    ? `Look at it in a browser:  ${world.producer.offerConsole(apiKey.split('_')[1] ?? '')}  (signs in by itself, once within 10 minutes)`
    : `warn  ${unbuilt}`,
)
say('In another terminal:  pnpm restyle run ./photos --prompt "Place it on a marble table in morning light"')
say('Ctrl-C stops it; what is under way goes on at the next start.')
