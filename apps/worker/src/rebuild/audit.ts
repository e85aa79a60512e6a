import { restoreSchedules } from '@restyle/shared/restore-schedule'
import { restoreWebhooks } from '@restyle/shared/restore-webhooks'
import type { Pulse } from '../hand/pulse.ts'
import { settingsAgain } from './order-again.ts'
import { keysAgain } from './keys-again.ts'
import { rebuild } from './rebuild.ts'
import type { RebuildTools } from './rebuild-tools.ts'

const hourMs = 3600_000

/** What was found whole is looked at again for so long: a Redis that fails over forgets its last seconds. */
const againMs = 2 * hourMs

/** Without a word of an earlier audit: what is older than the life of a task has no hurry any more. */
const firstMs = 24 * hourMs

/** A record lives no longer than this. */
const longestMs = 30 * 24 * hourMs

/** From when on to look (epoch ms): to the last audit, however long ago. A restored backup knows when its was. */
export function auditSince(auditedAt: number | undefined, now: number): number {
  const since = auditedAt === undefined ? now - firstMs : Math.min(auditedAt, now) - againMs
  return Math.max(since, now - longestMs)
}

/** Puts back what was promised since the last audit and is not in the ledger. */
export async function audit(tools: RebuildTools, pulse: Pulse): Promise<void> {
  const { ledger, log } = tools
  const beganAt = Date.now()
  await keysAgain(tools, beganAt)
  await settingsAgain(tools)
  const auditedAt = await ledger.auditedAt()
  const { missed } = await rebuild(auditSince(auditedAt, beganAt), tools, pulse, auditedAt)
  // after their batches, which tell whether their runs go on
  const schedules = await restoreSchedules(tools, pulse.signal)
  if (schedules > 0) log.warn({ schedules }, 'schedules that redis had forgotten were put back')
  const webhooks = await restoreWebhooks(tools, pulse.signal)
  if (webhooks.restored > 0)
    log.warn({ webhooks: webhooks.restored }, 'webhooks that redis had forgotten were put back')
  for (const { webhook, why } of webhooks.poisoned)
    if (await ledger.turn(`alarm:unreadable:${webhook}`, 24 * hourMs))
      log.error({ webhook, why }, 'webhook cannot be read, and is not put back')
  if (missed > 0) log.warn({ missed }, 'audit could not look at all promises, and looks at them again')
  else if (!pulse.signal.aborted) await ledger.noteAudit(beganAt)
}
