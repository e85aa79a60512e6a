import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createLog, type Log } from '@restyle/shared/log'

/** A log that goes to a file, so that the terminal stays with the person; `close` waits until all is written. */
export async function openLogFile(file: string): Promise<{ log: Log; close: () => Promise<void> }> {
  await mkdir(dirname(file), { recursive: true })
  const stream = createWriteStream(file, { flags: 'a' })
  const log = createLog('info', { write: (line) => void stream.write(line) })
  return { log, close: () => new Promise((resolve) => stream.end(resolve)) }
}
