import { randomUUID } from 'node:crypto'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { Log } from '@restyle/shared/log'
import { guardedAgent } from '@restyle/shared/net/guarded-agent'
import type { ProxySettings } from '@restyle/shared/net/proxy-settings'
import { openBuckets } from '@restyle/shared/store/open-buckets'
import type { SourceBucket } from '@restyle/shared/store/source-buckets'
import type { Store } from '@restyle/shared/store/store'
import type { Dispatcher } from 'undici'
import type { IntakeTools } from '../intake/tools.ts'
import { noScheduleFailpoints, type OnScheduleFailpoint } from './failpoints.ts'
import type { ManifestSources } from './fetch-manifest.ts'
import { pictureDigests } from './picture-digests.ts'
import { readCatalog } from './read-catalog.ts'
import { runSchedules, type SchedulePace } from './run-schedules.ts'

/** How schedules are run; production names the places and buckets of manifests. */
export type ScheduleOptions = {
  /** What `s3://` manifests may name; nothing by default. */
  places?: readonly SourceBucket[]
  openBucket?: (bucket: string) => Store
  proxies?: ProxySettings
  /** How `https://` manifests are fetched; by default from public addresses only. It is closed with the schedules. */
  dispatcher?: Dispatcher
  pace?: SchedulePace
  /** After so long a silence of who plans a run another begins anew (ms). */
  leaseMs?: number
  /** For how long a run is tried that cannot be planned now (ms). */
  patienceMs?: number
  failpoint?: OnScheduleFailpoint
}

type Tools = { ledger: Ledger; store: Store; intake: IntakeTools; log: Log }

const usualPace: SchedulePace = { everyMs: 1_000, watchMs: 60_000 }

/** Looks after the schedules of all producers until it is stopped. */
export function startSchedules(
  { ledger, store, intake, log }: Tools,
  {
    places = [],
    openBucket,
    proxies,
    dispatcher = guardedAgent(proxies === undefined ? {} : { proxies }),
    pace = usualPace,
    leaseMs = 60_000,
    patienceMs = 3600_000,
    failpoint = noScheduleFailpoints,
  }: ScheduleOptions,
): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const buckets = openBuckets(openBucket)
  const sources: ManifestSources = { places, bucketOf: buckets.of, dispatcher }
  const reading = { ledger, store, sources, digests: pictureDigests(sources), now: intake.now }
  const running = runSchedules(
    {
      ledger,
      store,
      intake,
      log,
      failpoint,
      planner: randomUUID(),
      leaseMs,
      patienceMs,
      readCatalog: (schedule, run, signal) => readCatalog(schedule, run, reading, signal),
    },
    pace,
    stopping.signal,
  )
  return {
    stop: async () => {
      stopping.abort()
      await running
      buckets.close()
      await dispatcher.close()
    },
  }
}
