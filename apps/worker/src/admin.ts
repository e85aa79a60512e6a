import { parseArgs } from 'node:util'
import { RestyleError } from '@restyle/shared/errors'
import { createLog } from '@restyle/shared/log'
import { exitOnKnownError } from '@restyle/shared/read-env'
import { restoreSchedules } from '@restyle/shared/restore-schedule'
import { restoreWebhooks } from '@restyle/shared/restore-webhooks'
import { readConfig } from './config.ts'
import { runDoctor } from './run-doctor.ts'
import { openServices } from './services.ts'
import { keysAgain } from './rebuild/keys-again.ts'
import { settingsAgain } from './rebuild/order-again.ts'
import { rebuild } from './rebuild/rebuild.ts'

/*
 * Two commands that need the environment of a worker. `node apps/worker/src/admin.ts doctor` examines everything that the
 * worker depends on. `… rebuild [--days 30]` puts back what Redis forgot and the bucket remembers.
 */

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { days: { type: 'string', default: '30' }, json: { type: 'boolean', default: false } },
})
const say = (line: string) => process.stdout.write(`${line}\n`)

/** Redis keeps the record of an ended edit for so long: an older one would be removed at once. */
const mostDays = 30

function since(days: number): number {
  if (!(days > 0 && days <= mostDays))
    throw new RestyleError(
      'BadArguments',
      `--days must be a number from 1 to ${mostDays}: a record lives no longer than that`,
    )
  return Date.now() - days * 24 * 3600_000
}

await exitOnKnownError(async () => {
  const log = createLog('error', process.stderr)
  if (positionals[0] === 'doctor') {
    process.exitCode = await runDoctor({ log, say, json: values.json })
    return
  }
  const services = openServices(readConfig(), log)
  try {
    switch (positionals[0] ?? '') {
      case 'rebuild': {
        const from = since(Number(values.days))
        const bucket = await services.doctor.checkBucket()
        if (bucket.kind !== 'sound')
          throw new RestyleError('NotFitToRebuild', `no edit was put back: ${bucket.says}`)
        await keysAgain(services.rebuild, Date.now())
        await settingsAgain(services.rebuild)
        const { restored, ended, resting, folded, poisoned, missed } = await rebuild(from, services.rebuild)
        const schedules = await restoreSchedules(services)
        const { restored: webhooks, poisoned: spoilt } = await restoreWebhooks(services)
        say(
          values.json
            ? JSON.stringify({ restored, ended, resting, folded, schedules, webhooks, poisoned, missed })
            : `${restored} open edits put back, ${ended} ended ones noted again, ${resting} rows of batches taken again, of which ${folded} had ended and are in the bucket, ${schedules} schedules and ${webhooks} webhooks put back; what the ledger knew was left alone`,
        )
        for (const { webhook, why } of spoilt) process.stderr.write(`${webhook} cannot be read: ${why}\n`)
        if (poisoned + missed + spoilt.length > 0) {
          process.stderr.write(
            `${poisoned + spoilt.length} cannot be put back and ${missed} could not be looked at: see the lines above\n`,
          )
          process.exitCode = 1
        }
        break
      }
      default:
        process.stderr.write(
          'usage: admin.ts doctor | rebuild [--days 30]   (with the environment of a worker)\n',
        )
        process.exitCode = 2
    }
  } finally {
    await services.close()
  }
})
