import type { Lanes } from '@restyle/shared/ledger/lanes'
import type { Log } from '@restyle/shared/log'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { refusals } from '../http/openapi.ts'
import { Problem } from '../http/problem.ts'
import { type LaneReader, LaneView, viewsOfLanes } from './lane-view.ts'

type LaneTools = LaneReader & {
  ledger: { lanes: Pick<Lanes, 'list' | 'restart' | 'stop'> }
  log: Log
}

const LanePage = z.object({ lanes: z.array(LaneView) })

/** The lanes of all producers: only keys with the scope `admin` see and pause them. */
export function laneRoutes(app: Api, tools: LaneTools): void {
  app.get(
    '/v1/lanes',
    {
      config: { scope: 'admin' },
      schema: {
        operationId: 'listLanes',
        summary: 'The lanes that workers have announced, what they do now, and what pauses them',
        description:
          'Of all producers. A lane is one account in one region for one model. Workers tell every five seconds what they measured.',
        tags: ['lanes'],
        response: { 200: LanePage, ...refusals },
      },
    },
    async () => {
      const { cards } = await tools.ledger.lanes.list()
      const lanes = await viewsOfLanes(cards, tools)
      return { lanes: lanes.toSorted((a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id)) }
    },
  )
  pauseLaneRoute(app, tools, 'pause')
  pauseLaneRoute(app, tools, 'resume')
}

const summaries = {
  pause: 'Submit nothing to a lane until it is resumed',
  resume: "End a person's pause of a lane",
} as const

function pauseLaneRoute(app: Api, tools: LaneTools, verb: 'pause' | 'resume'): void {
  const { lanes } = tools.ledger
  app.post(
    `/v1/lanes/:name/${verb}`,
    {
      config: { scope: 'admin' },
      schema: {
        operationId: `${verb}Lane`,
        summary: summaries[verb],
        description:
          'By the name or the id of the lane; by a name, all lanes that have it. Tasks that run go on. The pause after a fault of the account is another one: it ends by itself, and is not ended by this.',
        tags: ['lanes'],
        params: z.object({ name: z.string() }),
        'x-problems': ['not-found'],
        response: { 200: LanePage, ...refusals },
      },
    },
    async ({ params, producer, keyId }) => {
      const { cards } = await lanes.list()
      const named = cards.filter(({ name, id }) => name === params.name || id === params.name)
      if (named.length === 0) throw new Problem('not-found', 'There is no such lane.')
      const since = await tools.ledger.now()
      for (const { id, name } of named) {
        if (verb === 'pause') await lanes.stop(id, { since, by: producer })
        else await lanes.restart(id)
        const facts = { lane: name, laneId: id, producer, keyId }
        tools.log.warn(facts, verb === 'pause' ? 'lane paused by a person' : 'lane resumed by a person')
      }
      return { lanes: await viewsOfLanes(named, tools) }
    },
  )
}
