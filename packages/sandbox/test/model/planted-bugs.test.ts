import { moves } from '@restyle/shared/contract/edit-state'
import { ledgerScripts, type LedgerScripts } from '@restyle/shared/ledger/lua'
import { forgettingTasks } from '../../src/chaos/breaks.ts'
import { untoldScripts } from '../../src/chaos/untold-scripts.ts'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { sequences, sequencesWithRewinds } from './actions.ts'
import { sequencesOfPauses, sequencesWithForgottenOrders, sequencesWithOrders } from './order-actions.ts'
import { findFault, type Plan } from './run-sequences.ts'
import type { Break } from './small-world.ts'

/** An edit goes although one that is alike is in doubt. */
const alikeScripts: LedgerScripts = {
  ...ledgerScripts,
  admit: ledgerScripts.admit.replace(/redis\.call\('HEXISTS', .*:uncertain'\), alike\) == 0/, 'true'),
}

/** Puts something else in place of a line of a script, which must be in it once. */
function inPlaceOf(script: keyof LedgerScripts, line: string, other: string): LedgerScripts {
  const [before, after, ...more] = ledgerScripts[script].split(line)
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error(`${script}.lua must hold this once, to be taken out by a planted bug: ${line}`)
  return { ...ledgerScripts, [script]: before + other + after }
}

let server: RedisServer
beforeAll(async () => {
  server = await startRedis({ appendonly: false })
})
afterAll(() => server.stop())

/** Many times what any of them has needed. */
const runs = 12_000

/** Another one each time: what is found must not hang on the dice. What found it is printed. */
const seed = Math.floor(Math.random() * 2 ** 31)

const calm: Plan = { sequences, samePrompt: true }
const rewinding: Plan = { sequences: sequencesWithRewinds, samePrompt: false }
const steered: Plan = { sequences: sequencesWithOrders, samePrompt: true, steered: true }
const steeredBack: Plan = { sequences: sequencesWithForgottenOrders, samePrompt: false, steered: true }

const claims = 'receipts/tasks/'

const claiming = 'local owner = claimTask(ask.taskLane, task, edit.fields.id)'
const [before, after, ...more] = ledgerScripts.move.split(claiming)
if (before === undefined || after === undefined || more.length > 0)
  throw new Error(`move.lua must hold this once, to be taken out by a planted bug: ${claiming}`)
const unclaimedScripts = { ...ledgerScripts, move: `${before}local owner = edit.fields.id${after}` }

/** Each takes one guard out. What is named must then be found broken. */
const bugs: { without: string; plan: Plan; broken: Break; finds: RegExp }[] = [
  {
    without: 'the receipt before the POST',
    plan: rewinding,
    broken: {
      store: (store) => ({
        ...store,
        putIfAbsent: async (key, ...rest) =>
          key.endsWith('/intent') ? { kind: 'created' } : store.putIfAbsent(key, ...rest),
      }),
    },
    finds: /paid twice/,
  },
  {
    without: 'the comparison of versions',
    plan: calm,
    broken: {
      ledger: (ledger) => ({
        ...ledger,
        move: async (edit, change) => {
          const { version, state, updatedAt } = (await ledger.read(edit.id)) ?? edit
          // what a caller saw allows its move; the script is told what is there
          return moves[state].includes(change.to)
            ? ledger.move({ ...edit, version, state, updatedAt }, change)
            : { kind: 'lost' }
        },
      }),
    },
    finds: /./,
  },
  {
    without: 'the state of a submit without an answer',
    plan: calm,
    broken: {
      client: (client) => ({
        ...client,
        submit: async (...asked) => {
          const first = await client.submit(...asked)
          return first.kind === 'unknown' ? client.submit(...asked) : first
        },
      }),
    },
    finds: /paid twice/,
  },
  {
    without: 'the lease of the intent',
    plan: calm,
    broken: {
      client: (client) => ({
        ...client,
        submit: (model, body) => client.submit(model, body),
      }),
    },
    finds: /paid twice|paid for/,
  },
  {
    without: 'the wait for the list to settle',
    plan: calm,
    broken: { ledger: (ledger) => ({ ...ledger, now: async () => (await ledger.now()) + 60_000 }) },
    finds: /paid twice|paid for/,
  },
  {
    without: 'the rule that two lost submits never look alike',
    plan: calm,
    broken: { scripts: alikeScripts },
    finds: /held|paid/,
  },
  {
    without: 'the event in the breath of the move',
    plan: calm,
    broken: { scripts: untoldScripts },
    finds: /was told as/,
  },
  {
    without: 'both claims of a task: two edits may have each other’s',
    plan: calm,
    broken: {
      scripts: unclaimedScripts,
      ledger: (ledger) => ({
        ...ledger,
        ownerOf: async (_lane, taskIds) => taskIds.map(() => undefined),
        claimTasks: async () => {},
      }),
      store: (store) => ({
        ...store,
        get: async (key) => (key.startsWith(claims) ? undefined : store.get(key)),
        putIfAbsent: async (key, ...rest) =>
          key.startsWith(claims) ? { kind: 'created' } : store.putIfAbsent(key, ...rest),
      }),
    },
    finds: /^I8: /,
  },
  {
    without: 'the task of a canceled edit',
    plan: steered,
    broken: { ledger: forgettingTasks },
    finds: /^I3: .* was paid for/,
  },
  {
    without: 'the mark of a cancel on what is admitted',
    plan: steered,
    broken: {
      scripts: inPlaceOf('cancel-edit', "redis.call('HSETNX', KEYS[1], 'cancelAsked', int(now))", ''),
    },
    finds: /^I10: /,
  },
  {
    without: 'a pause of its own for each level: that of a producer ends with that of an edit',
    plan: { ...steered, sequences: sequencesOfPauses },
    broken: {
      scripts: inPlaceOf(
        'pause-edit',
        "redis.call('HDEL', KEYS[1], 'pausedAt')",
        "redis.call('HDEL', KEYS[1], 'pausedAt', redis.call('DEL', ask.prefix .. ':producer:' .. fields.producer))",
      ),
    },
    finds: /^I10: /,
  },
  {
    without: 'the order to cancel in the bucket',
    plan: steeredBack,
    broken: {
      store: (store) => ({
        ...store,
        putIfAbsent: async (key, ...rest) =>
          /cancel(ed)?$|orders\//.test(key) ? { kind: 'created' } : store.putIfAbsent(key, ...rest),
      }),
    },
    finds: /^I10: /,
  },
]

describe('the model finds a planted bug', () => {
  it.each(bugs)(
    'without $without',
    async ({ without, plan, broken, finds }) => {
      const found = await findFault(server, { ...plan, broken, runs, seed, finds })
      process.stdout.write(`${JSON.stringify({ without, ...found })}\n`)
      expect(found?.fault).toMatch(finds)
    },
    240_000,
  )
})
