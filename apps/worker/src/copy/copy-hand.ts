import { hostname } from 'node:os'
import type { Edit } from '@restyle/shared/contract/edit'
import type { Dispatcher } from 'undici'
import type { HandOptions } from '../hand/run-hand.ts'
import { openPlaces } from '../hand/places.ts'
import type { HandContext, Step } from '../hand/step.ts'
import { copy, type CopyTools } from './copy.ts'
import { imageFetcher } from './fetch-image.ts'
import { openPrivateResults } from './private-results.ts'
import { openSpill, type Spill } from './spill.ts'

/**
 * The hand that copies images. Each step holds the images of one edit in memory, so few run at a time: by jobs of its own,
 * or (`atOnce`) by the job that found them, where a place is free.
 */
export function copyHand(
  context: HandContext,
  services: Pick<CopyTools, 'checkImage' | 'thumbnails'> & { dispatcher: Dispatcher },
  config: {
    RESTYLE_COPY_CONCURRENCY: number
    RESTYLE_DOWNLOADS: number
    RESTYLE_DOWNLOAD_IDLE_MS: number
    RESTYLE_DOWNLOAD_LIFE_PERCENT: number
    RESTYLE_KEY_TEMPLATE: string
    RESTYLE_MAX_IMAGE_BYTES: number
    RESTYLE_SPILL_DIR?: string | undefined
    RESTYLE_SPILL_BEFORE_MS: number
    RESTYLE_SPILL_WAIT_MS: number
  },
): HandOptions & { atOnce: (edit: Edit) => Promise<Step> | undefined } {
  const tools: CopyTools = {
    ...context,
    checkImage: services.checkImage,
    thumbnails: services.thumbnails,
    fetchImage: imageFetcher({
      dispatcher: services.dispatcher,
      maxBytes: config.RESTYLE_MAX_IMAGE_BYTES,
      most: config.RESTYLE_DOWNLOADS,
      idleMs: config.RESTYLE_DOWNLOAD_IDLE_MS,
      lifePercent: config.RESTYLE_DOWNLOAD_LIFE_PERCENT,
      stopping: context.stopping,
    }),
    privateResults: openPrivateResults(),
    keyTemplate: config.RESTYLE_KEY_TEMPLATE,
    spill: spillOf(config),
    spillBeforeMs: config.RESTYLE_SPILL_BEFORE_MS,
    spillWaitMs: config.RESTYLE_SPILL_WAIT_MS,
    host: hostname(),
  }
  const places = openPlaces(config.RESTYLE_COPY_CONCURRENCY)
  return {
    hand: 'copy',
    concurrency: config.RESTYLE_COPY_CONCURRENCY,
    takeStep: (edit) => places.run(() => copy(edit, tools)),
    atOnce: (edit) => (edit.state === 'rendered' ? places.runNow(() => copy(edit, tools)) : undefined),
  }
}

/** Where this machine keeps images that the bucket does not take yet, if it may. */
export const spillOf = ({
  RESTYLE_SPILL_DIR: dir,
}: {
  RESTYLE_SPILL_DIR?: string | undefined
}): Spill | undefined => (dir === undefined ? undefined : openSpill(dir))
