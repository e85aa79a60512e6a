import { setTimeout } from 'node:timers/promises'
import type { Log } from '@restyle/shared/log'
import { readConfig } from '@restyle/worker/config'
import { examineAll } from '@restyle/worker/doctor/doctor'
import type { Finding } from '@restyle/worker/doctor/finding'
import { openServices } from '@restyle/worker/services'

/** What `restyle doctor` would find amiss with this environment of a worker; asks no longer than `withinMs`. */
export async function examineWorld(
  env: Record<string, string>,
  log: Log,
  withinMs: number,
): Promise<Finding[]> {
  const late: Finding = { what: 'examination', verdict: 'warn', says: 'took too long: try restyle doctor' }
  const findings = await Promise.race([
    examined(env, log),
    setTimeout(withinMs, [late], { ref: false }),
  ]).catch((error: Error): Finding[] => [{ ...late, says: error.message }])
  return findings.filter(({ verdict }) => verdict !== 'ok')
}

async function examined(env: Record<string, string>, log: Log): Promise<Finding[]> {
  const services = openServices(readConfig(env), log)
  try {
    return await examineAll(services.doctor)
  } finally {
    await services.close()
  }
}
