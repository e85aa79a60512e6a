import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { startWorld } from '../world/start-world.ts'

/*
 * Writes what packages/client is made from: the OpenAPI document as a producer serves it, and the types in it. A test
 * compares both with a running producer.
 */

const client = fileURLToPath(new URL('../../../client/', import.meta.url))

const world = await startWorld({ workers: 0 })
const document: unknown = await (await fetch(`${world.url}/openapi.json`)).json()
await world.stop()
await writeFile(`${client}openapi.json`, `${JSON.stringify(document, null, 2)}\n`)

const generating = spawn('pnpm', ['run', 'generate'], { cwd: client, stdio: 'inherit' })
const [code] = (await once(generating, 'close')) as [number | null]
process.exitCode = code ?? 1
