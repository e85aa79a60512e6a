import { stripQueryStrings } from '@restyle/dashscope/strip-query-strings'
import { RestyleError } from '@restyle/shared/errors'
import type { Log } from '@restyle/shared/log'
import { readConfig, type WorkerConfig } from './config.ts'
import { examineAll } from './doctor/doctor.ts'
import { type Finding, refuse } from './doctor/finding.ts'
import { sumUp } from './doctor/sum-up.ts'
import { openServices } from './services.ts'

const marks = { ok: 'ok  ', warn: 'warn', away: 'AWAY', refuse: 'STOP' } as const

/** That of the process where it is not given. */
type Env = Parameters<typeof readConfig>[0]

/** Examines everything that a worker with this environment depends on, says what it found, and gives the exit code. */
export async function runDoctor(
  { log, say, json }: { log: Log; say: (line: string) => void; json: boolean },
  env?: Env,
): Promise<number> {
  const findings = (await diagnose(log, env)).map(withoutControlCharacters)
  const { exitCode, says: summary } = sumUp(findings)
  if (json) say(JSON.stringify(findings))
  else {
    for (const { what, verdict, says } of findings) say(`${marks[verdict]}  ${what.padEnd(20)} ${says}`)
    say(`\n${summary}`)
  }
  return exitCode
}

/** Everything that is amiss, a configuration that cannot be read as well. */
async function diagnose(log: Log, env: Env): Promise<Finding[]> {
  let config: WorkerConfig
  try {
    config = readConfig(env)
  } catch (error) {
    if (!(error instanceof RestyleError)) throw error
    const [, ...faults] = error.message.split('\n')
    return faults.map((fault) => refuse('configuration', fault.trim()))
  }
  try {
    const services = openServices(config, log, {}, 'doctor')
    try {
      return await examineAll(services.doctor)
    } finally {
      await services.close()
    }
  } catch (error) {
    // a lane of a model or a region that is not there
    if (error instanceof RestyleError) return [refuse('configuration', error.message)]
    throw error
  }
}

/** Findings quote what servers say: no escape sequence reaches a terminal, and no signature a log. */
const withoutControlCharacters = ({ says, ...finding }: Finding): Finding => ({
  ...finding,
  says: stripQueryStrings(says.replaceAll(/\p{Cc}+/gu, ' ')).replaceAll(openSsl, 'TLS: $1'),
})

/** OpenSSL's errors name its own files; the fourth field is in words. */
const openSsl = /(?:write EPROTO )?[0-9A-F]{8,}:error:[^:]*:[^:]*:[^:]*:([^:]*):[^:]*:\d+:\s*/g
