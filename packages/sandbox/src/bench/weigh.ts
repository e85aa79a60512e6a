import { writeFileSync } from 'node:fs'

/*
 * Preloaded into a process that is weighed (`--import weigh.ts?file=…`): keeps the most memory that it has ever had, in bytes,
 * in that file, also for a process that is killed.
 */

const file = new URL(import.meta.url).searchParams.get('file') ?? ''
const write = () => writeFileSync(file, String(process.resourceUsage().maxRSS * 1024))

setInterval(write, 100).unref()
process.on('exit', write)
