import { Command, InvalidArgumentError } from 'commander'
import { onPort } from '../net/on-port.ts'
import { startDashScope } from './start-dashscope.ts'

const readNumber = (text: string): number => {
  const number = Number(text)
  if (text.trim() === '' || !Number.isFinite(number) || number < 0)
    throw new InvalidArgumentError('Not a number.')
  return number
}

const readSpeed = (text: string): number => {
  const speed = readNumber(text)
  if (speed === 0) throw new InvalidArgumentError('Must be above 0.')
  return speed
}

const readBeyondLimit = (text: string): 'queue' | 'refuse' => {
  if (text !== 'queue' && text !== 'refuse') throw new InvalidArgumentError('queue or refuse.')
  return text
}

type Flags = {
  port: number
  speed: number
  beyondLimit: 'queue' | 'refuse'
  seed?: number
  dir?: string
  key: string[]
}

const untilStopped = async (): Promise<void> => {
  const signals = ['SIGINT', 'SIGTERM'] as const
  await new Promise<void>((resolve) => {
    for (const signal of signals) process.once(signal, () => resolve())
  })
}

/** Serves the simulator until SIGINT or SIGTERM: `--port 8788 --speed 60 --beyond-limit queue [--seed N] [--dir D] [--key sk-…]`. */
export const serve = async (argv: string[]): Promise<void> => {
  const command = new Command('dashscope')
    .description('A pretend DashScope on this machine: real pictures, no bill.')
    .option('--port <number>', 'port to listen on, 0 for any free one', readNumber, 8788)
    .option('--speed <factor>', 'tasks, URLs and task ids live this much faster', readSpeed, 1)
    .option(
      '--beyond-limit <what>',
      'a task beyond the running limit: queue or refuse',
      readBeyondLimit,
      'queue',
    )
    .option('--seed <number>', 'same seed, same durations', readNumber)
    .option('--dir <folder>', 'keep tasks, bill and pictures here (default: in memory)')
    .option('--key <keys...>', 'accepted API keys', ['sk-sandbox'])
    .parse(argv, { from: 'user' })
  const { key, ...flags } = command.opts<Flags>()
  const stopped = untilStopped()
  const simulator = await onPort(flags.port, '--port', startDashScope({ ...flags, apiKeys: key }))
  process.stdout.write(`DashScope simulator ready at ${simulator.url} with key ${key.join(', ')}\n`)
  await stopped
  await simulator.stop()
}
