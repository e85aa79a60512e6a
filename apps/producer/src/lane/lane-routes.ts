import type { LaneCard, Lanes } from '@restyle/shared/ledger/lanes'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { Log } from '@restyle/shared/log'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { refusals } from '../http/openapi.ts'
import { Problem } from '../http/problem.ts'

type LaneTools = {
  ledger: {
    lanes: Pick<Lanes, 'list' | 'pausedBy' | 'restart' | 'runningCount' | 'stop' | 'stoppedBy'>
  } & Pick<Ledger, 'now'>
  log: Log
}

const LaneView = z
  .object({
    name: z.string(),
    id: z
      .string()
      .describe('What the lane is, whatever it is called: its model, address, account and workspace'),
    model: z.string(),
    region: z.string(),
    running: z.int().describe('Edits that hold one of its slots'),
    slots: z.int().describe('Tasks that may run at a time'),
    submitPerSecond: z.number(),
    pauses: z
      .array(
        z.object({
          by: z.enum(['person', 'vendor']),
          since: z.iso.datetime(),
          detail: z.string(),
        }),
      )
      .describe(
        'Why nothing is submitted to it. A pause by a person ends when a person resumes the lane, and then only that; one for the vendor ends by itself',
      ),
  })
  .meta({
    id: 'Lane',
    examples: [
      {
        name: 'wan2.5',
        id: 'wan2.5-i2i-preview-2b3c4d5e6f70',
        model: 'wan2.5-i2i-preview',
        region: 'beijing',
        running: 5,
        slots: 5,
        submitPerSecond: 5,
        pauses: [],
      },
    ],
  })
type LaneView = z.infer<typeof LaneView>

const LanePage = z.object({ lanes: z.array(LaneView) })

/** The lanes of all producers: only keys with the scope `admin` see and pause them. */
export function laneRoutes(app: Api, tools: LaneTools): void {
  app.get(
    '/v1/lanes',
    {
      config: { scope: 'admin' },
      schema: {
        operationId: 'listLanes',
        summary: 'The lanes that workers have announced, and what pauses them',
        description: 'Of all producers. A lane is one account in one region for one model.',
        tags: ['lanes'],
        response: { 200: LanePage, ...refusals },
      },
    },
    async () => {
      const { cards } = await tools.ledger.lanes.list()
      const lanes = await Promise.all(cards.map((card) => viewOfLane(card, tools)))
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
      return { lanes: await Promise.all(named.map((card) => viewOfLane(card, tools))) }
    },
  )
}

async function viewOfLane(card: LaneCard, { ledger: { lanes } }: LaneTools): Promise<LaneView> {
  const { id, name, model, region, submitPerSecond, running: slots } = card
  const [running, stop, pause] = await Promise.all([
    lanes.runningCount(id),
    lanes.stoppedBy(id),
    lanes.pausedBy(id),
  ])
  const at = (ms: number) => new Date(ms).toISOString()
  const pauses: LaneView['pauses'] = []
  if (stop !== undefined)
    pauses.push({ by: 'person', since: at(stop.since), detail: `with a key of ${stop.by}` })
  if (pause !== undefined)
    pauses.push({ by: 'vendor', since: at(pause.since), detail: `${pause.code}: ${pause.message}` })
  return { name, id, model, region, running, slots, submitPerSecond, pauses }
}
