import type { Webhook } from '@restyle/shared/contract/webhook'
import type { RoundOutcome } from './deliver-round.ts'
import { sendAll } from './send-all.ts'

/** What came of `sendAll`: how many rounds there were, and whether somebody looks after the webhook at once. */
async function lifeOf(outcomes: (RoundOutcome | 'none' | undefined)[], rests: boolean[]) {
  let rounds = 0
  let reminded = 0
  const webhook = { id: 'w', producer: 'acme', cursor: '1-0' } as Webhook
  const againInMs = await sendAll(
    'w',
    async () => {
      rounds += 1
      return outcomes.shift()
    },
    {
      stopping: new AbortController().signal,
      random: () => 0.5,
      ledger: {
        now: async () => 1,
        webhooks: {
          read: async () => webhook,
          waiting: async () => 0,
          rest: async () => rests.shift() ?? true,
          remind: async () => {
            reminded += 1
          },
        },
      },
    },
  )
  return { againInMs, rounds, reminded }
}

describe('sendAll', () => {
  it('goes on as long as something new comes at the last moment', async () => {
    const busy = Array.from({ length: 20 }, (): RoundOutcome[] => ['sent', 'idle']).flat()
    const life = await lifeOf(
      [...busy, 'idle'],
      Array.from({ length: 20 }, () => false),
    )
    expect(life).toEqual({ againInMs: undefined, rounds: 41, reminded: 0 })
  })

  it('has somebody look again at once where it finds nothing of what there should be', async () => {
    expect(await lifeOf(['idle', 'idle', 'idle'], [false, false, false])).toEqual({
      againInMs: undefined,
      rounds: 3,
      reminded: 1,
    })
  })

  it('comes back soon where no place is free, and not where there is no such webhook', async () => {
    expect(await lifeOf([undefined], [])).toMatchObject({ againInMs: 1_000, rounds: 1 })
    expect(await lifeOf(['none'], [])).toMatchObject({ againInMs: undefined, rounds: 1 })
  })
})
