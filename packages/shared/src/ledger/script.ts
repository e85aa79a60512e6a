import { createHash } from 'node:crypto'
import type { RedisClient } from '../redis/redis-client.ts'
import type { LedgerScripts, ScriptName } from './lua.ts'

/** Runs a script on these keys. `ask` is what it is asked for; its headers say what it answers. */
export type RunScript = (name: ScriptName, keys: readonly string[], ask: object) => Promise<unknown>

/** Runs the scripts by their digests; one is sent whole only where Redis does not know it (first use, restart, failover). */
export function openScripts(redis: RedisClient, prefix: string, scripts: LedgerScripts): RunScript {
  return async (name, keys, ask) => {
    const argument = toJson({ prefix, ...ask })
    try {
      return await redis.evalsha(digestOf(scripts[name]), keys.length, ...keys, argument)
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('NOSCRIPT'))
        return redis.eval(scripts[name], keys.length, ...keys, argument)
      throw error
    }
  }
}

/** One for each script that this process has run: there are no more than a few. */
const digests = new Map<string, string>()

function digestOf(script: string): string {
  const digest = digests.get(script) ?? createHash('sha1').update(script).digest('hex')
  digests.set(script, digest)
  return digest
}

/** JSON that Lua can read: it refuses half a surrogate pair, which Redis would not keep either. */
function toJson(value: object): string {
  const text = JSON.stringify(value)
  if (!/\\ud[89a-f]/.test(text)) return text
  return JSON.stringify(value, (_, each: unknown) => (typeof each === 'string' ? each.toWellFormed() : each))
}
