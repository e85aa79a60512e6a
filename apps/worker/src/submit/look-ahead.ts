import type { Edit } from '@restyle/shared/contract/edit'
import { ownFailure } from '@restyle/shared/contract/failure-codes'
import { endEdit } from '@restyle/shared/end-edit'
import type { Claims, Next } from '@restyle/shared/ledger/admit'
import { moveOrReread } from '@restyle/shared/move-or-reread'
import { sleep } from '@restyle/shared/sleep'
import type { HandContext } from '../hand/step.ts'
import type { Lane } from '../lane/lane.ts'
import type { Ready, SourceAddresses, Sources } from './source-addresses.ts'
import { noteMet } from './note-met.ts'
import { judgeTrouble, type SourcePatience } from './source-trouble.ts'
import { turnAway } from './turn-away.ts'
import { noteUnready } from './unready.ts'

/*
 * Makes the sources of the next edits ready before they are admitted: pictures may have to travel, and a slot must not
 * idle meanwhile. An edit whose sources cannot be read steps aside, or ends, without ever having kept a slot.
 */

export type LookAheadTools = HandContext & {
  addresses: SourceAddresses
  sourcePatience?: SourcePatience | undefined
}

export type LookAhead = {
  /** What to tell the ledger when it is asked for the next edit. */
  claims(): Claims
  /** Prepares what the ledger wants prepared, and forgets what went. */
  heed(next: Pick<Next, 'wanted' | 'gone'>): void
  /** Takes what was made ready for an edit that was admitted; undefined where nothing was, or too long ago. */
  take(editId: string): Ready | undefined
  /** Resolves when nothing is being prepared any more. */
  settled(): Promise<void>
}

/** An address that was made longer ago is made again: it does not live for ever. */
const freshMs = 10 * 60_000

/** How long an edit stays this worker's where its account or the bucket takes no pictures now. */
const againMs = 5_000

/** `onReady`: another edit may go. */
export function openLookAhead(
  lane: Lane,
  tools: LookAheadTools,
  onReady: () => void,
  now: () => number = Date.now,
): LookAhead {
  const ahead = lane.posting + 2
  const underWay = new Map<string, Promise<void>>()
  const ready = new Map<string, { sources: Ready; at: number }>()
  let released: string[] = []

  async function prepare(id: string): Promise<void> {
    try {
      const edit = await tools.ledger.read(id)
      if (edit?.state !== 'queued') return
      const sources = await tools.addresses.of(edit, lane)
      if (sources.kind === 'ready') {
        ready.set(id, { sources, at: now() })
        onReady()
        return
      }
      await stepAside(edit, lane, sources, tools)
    } catch (error) {
      tools.log.warn({ editId: id, err: error }, 'sources could not be made ready, they are tried again')
      await sleep(againMs, tools.stopping)
    } finally {
      underWay.delete(id)
      if (!ready.has(id)) released.push(id)
    }
  }

  return {
    claims: () => {
      const letGo = released
      released = []
      return {
        ahead,
        preparing: [...underWay.keys(), ...ready.keys()],
        prepared: [...ready.keys()],
        released: letGo,
      }
    },
    heed: ({ wanted, gone }) => {
      for (const id of gone) ready.delete(id)
      for (const id of wanted) if (!underWay.has(id)) underWay.set(id, prepare(id))
    },
    take: (editId) => {
      const found = ready.get(editId)
      ready.delete(editId)
      if (found === undefined || now() - found.at >= freshMs) return undefined
      return found.sources.until > now() ? found.sources : undefined
    },
    settled: async () => {
      await Promise.all(underWay.values())
    },
  }
}

/** The edit waits aside, or ends for a picture that nobody can read. It was not admitted. */
async function stepAside(
  edit: Edit,
  lane: Lane,
  sources: Exclude<Sources, { kind: 'ready' }>,
  tools: LookAheadTools,
): Promise<void> {
  switch (sources.kind) {
    case 'unusable':
      await endEdit(edit, { state: 'failed', failure: sources.failure }, tools)
      return
    case 'trouble':
      return waitForSource(edit, sources, tools)
    case 'later': {
      const why = await noteUnready(edit, lane, sources, tools)
      // paused: no edit fares better. If not, this one may be at fault, and is counted
      if (sources.pause || sources.error?.kind === 'bucket')
        await moveOrReread(edit, { to: 'queued', afterMs: againMs }, tools.ledger)
      else await turnAway(edit, lane, why, { inMs: againMs }, tools)
    }
  }
}

/** A person hears of a store of sources that cannot be read for so long. */
const troubleAlarmMs = 15 * 60_000

async function waitForSource(
  edit: Edit,
  { code, message, refused, place }: Extract<Sources, { kind: 'trouble' }>,
  tools: LookAheadTools,
): Promise<void> {
  const { ledger, log } = tools
  const judged = judgeTrouble(edit.sourceTrouble, refused, Date.now(), tools.sourcePatience)
  if (judged.kind === 'giveUp') {
    await endEdit(edit, { state: 'failed', failure: ownFailure('SourceUnreadable', message) }, tools)
    return
  }
  const { remember, inMs, lastsMs } = judged
  const facts = { editId: edit.id, place, code, tries: remember.tries }
  log.warn(facts, 'source cannot be read now, its edit waits aside')
  if (lastsMs >= troubleAlarmMs && (await ledger.turn(`alarm:source:${place}`, 3600_000)))
    log.error(facts, 'bucket of sources cannot be read: the edits that name it wait')
  await noteMet(edit, { kind: 'source', code, message, at: Date.now() }, inMs, tools)
  await moveOrReread(edit, { to: 'queued', set: { sourceTrouble: remember }, afterMs: inMs }, ledger)
}
