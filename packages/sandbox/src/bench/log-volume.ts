import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { installApiKey } from '@restyle/producer/http/api-keys'
import { defaultPrefix } from '@restyle/shared/ledger/keys'
import { z } from 'zod'
import { type DashScopeSimulator, startDashScope } from '../dashscope/start-dashscope.ts'
import { type RedisOutage, redisOutages } from '../redis/redis-outages.ts'
import { tell } from '../redis/start-managed-redis.ts'
import { type RedisServer, startRedis } from '../redis/start-redis.ts'
import { type S3Server, startS3 } from '../s3/start-s3.ts'
import { benchSize, keys, promptOf } from './bench-settings.ts'
import { atMost, type Figure } from './report.ts'
import { uploadPicture } from './upload-picture.ts'

export type LogVolumeOptions = {
  /** How long each outage lasts. */
  seconds: number
  /** Told before each outage. */
  onOutage?: (what: string) => void
}

/** Lines that one process may write in an outage of a minute, its end included. */
export const mostLines = 50

/** What one process wrote in an outage, and how often each message. */
export type Written = { outage: string; process: string; lines: number; bytes: number; messages: string[] }

const apiKey = 'rk_local_benchbenchbenchbench'
/** How long after an outage its end is still counted. */
const backMs = 15_000
const callsEveryMs = 250
/** Streams of events that are open all the time. */
const followers = 20

/**
 * Lines that a real worker and a real producer write while Redis refuses them, for each way in which it does. Tasks run and
 * edits wait meanwhile; callers send edits, read them and follow events without a pause.
 */
export async function benchLogVolume({ seconds, onOutage = () => {} }: LogVolumeOptions) {
  const s3 = await startS3({ ...keys, buckets: redisOutages.map(({ code }) => code.toLowerCase()) })
  // nothing ends: an outage is all that happens
  const dashscope = await startDashScope({ durations: { medianMs: 3600_000, sigma: 0 } })
  try {
    const written: Written[] = []
    for (const outage of redisOutages) {
      onOutage(`Redis ${outage.name} for ${seconds} s`)
      written.push(...(await sufferOutage(outage, seconds, s3, dashscope)))
    }
    return { mostLines, written, met: written.every(({ lines }) => lines <= mostLines) }
  } finally {
    await dashscope.stop()
    await s3.stop()
  }
}
export type LogVolumeFigures = Awaited<ReturnType<typeof benchLogVolume>>

/** The same in the form that every bench prints. */
export const logVolumeFigures = ({ written, mostLines: most }: LogVolumeFigures): Figure[] =>
  written.map(({ outage, process, lines }) => ({
    name: `${outage}, ${process}`,
    value: lines,
    unit: 'lines',
    asked: atMost(most),
  }))

async function sufferOutage(
  outage: RedisOutage,
  seconds: number,
  s3: S3Server,
  dashscope: DashScopeSimulator,
): Promise<Written[]> {
  const redis = await startRedis()
  const programs: Program[] = []
  const over = new AbortController()
  try {
    const env = envOf(redis, s3, dashscope, outage)
    await tell(redis.port, (client) => installApiKey(client, defaultPrefix, 'local', apiKey))
    programs.push(startProgram('worker', env))
    await programs[0]?.says('worker started')
    const producer = startProgram('producer', env)
    programs.push(producer)
    const url = z.url().parse((await producer.says('producer started'))['url'])
    const picture = await uploadPicture(url, apiKey, 20)
    const streams = Array.from({ length: followers }, () => followEvents(url, over.signal))
    const callers = [sendEdits(url, picture, over.signal), ...streams]
    // some run and some wait, so that every hand is asking for work
    await programs[0]?.says('edit submitted')
    await setTimeout(2_000)
    for (const program of programs) program.forget()
    await outage.begin(redis)
    await setTimeout(seconds * 1000)
    await outage.end(redis)
    await setTimeout(backMs)
    over.abort()
    await Promise.all(callers)
    return programs.map((program) => ({ outage: outage.code, ...program.written() }))
  } finally {
    over.abort()
    await Promise.all(programs.map((program) => program.stop()))
    await redis.stop()
  }
}

const envOf = (redis: RedisServer, s3: S3Server, dashscope: DashScopeSimulator, { code }: RedisOutage) => ({
  REDIS_URL: redis.url,
  S3_ENDPOINT: s3.url,
  S3_BUCKET: code.toLowerCase(),
  S3_ACCESS_KEY_ID: keys.accessKeyId,
  S3_SECRET_ACCESS_KEY: keys.secretAccessKey,
  S3_FORCE_PATH_STYLE: 'true',
  DASHSCOPE_API_KEY: 'sk-sandbox',
  DASHSCOPE_BASE_URL: dashscope.url,
  PORT: '0',
})

type Line = Record<string, unknown>

/** An app as it runs in production, and what it wrote since it was told to forget. */
type Program = {
  /** The first line with this message, also one that is there already. */
  says(message: string): Promise<Line>
  forget(): void
  written(): Omit<Written, 'outage'>
  stop(): Promise<void>
}

function startProgram(name: 'worker' | 'producer', env: Record<string, string>): Program {
  const file = fileURLToPath(new URL(`../../../../apps/${name}/src/main.ts`, import.meta.url))
  const child = spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const exited = once(child, 'exit')
  let lines: string[] = []
  const all: Line[] = []
  const hear = (line: string) => {
    lines.push(line)
    if (line.startsWith('{')) all.push(JSON.parse(line) as Line)
  }
  for (const stream of [child.stdout, child.stderr]) createInterface(stream).on('line', hear)
  return {
    says: async (message) => {
      for (;;) {
        const found = all.find(({ msg }) => msg === message)
        if (found !== undefined) return found
        if (child.exitCode !== null) throw new Error(`the ${name} has ended: ${lines.join('\n')}`)
        await setTimeout(20)
      }
    },
    forget: () => {
      lines = []
    },
    written: () => ({
      process: name,
      lines: lines.length,
      bytes: lines.reduce((sum, line) => sum + line.length + 1, 0),
      messages: countMessages(lines),
    }),
    stop: () => stop(child, exited),
  }
}

async function stop(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  child.kill('SIGTERM')
  const late = setTimeout(20_000, 'late', { ref: false })
  if ((await Promise.race([exited, late])) === 'late') child.kill('SIGKILL')
  await exited
}

/** `3 redis is away`, the most frequent first. */
function countMessages(lines: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const line of lines) {
    const message = /"msg":"([^"]*)"/.exec(line)?.[1] ?? line.slice(0, 80)
    counts.set(message, (counts.get(message) ?? 0) + 1)
  }
  return [...counts].toSorted(([, a], [, b]) => b - a).map(([message, count]) => `${count} ${message}`)
}

const headers = { authorization: `Bearer ${apiKey}` }

/** Sends an edit and reads one, again and again, whatever is answered. */
async function sendEdits(url: string, picture: string, signal: AbortSignal): Promise<void> {
  for (let i = 0; !signal.aborted; i += 1) {
    const edit = { prompt: promptOf(i), images: [picture], size: benchSize }
    const json = { ...headers, 'content-type': 'application/json' }
    await ignore(
      fetch(`${url}/v1/edits`, { method: 'POST', headers: json, body: JSON.stringify(edit), signal }),
    )
    await ignore(fetch(`${url}/v1/reviews`, { headers, signal }))
    await ignore(fetch(`${url}/readyz`, { signal }))
    await setTimeout(callsEveryMs)
  }
}

/** Follows the events, and comes back at once where the stream ends. */
async function followEvents(url: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await ignore(fetch(`${url}/v1/events`, { headers: { ...headers, accept: 'text/event-stream' }, signal }))
    await setTimeout(callsEveryMs)
  }
}

const ignore = async (answer: Promise<Response>): Promise<void> => {
  await answer.then((each) => each.text()).catch(() => {})
}
