import { type EventLine, openLine } from './event-line.ts'
import { type Carried, type Line, type LiveEvent, planOf } from './line-plan.ts'

/** How often the holder looks around: a tab that was closed or has died says nothing (ms). */
const aroundMs = 5_000
/** Tabs that come together are seen together (ms). */
const togetherMs = 50
const backoffMs = [1_000, 2_000, 5_000, 10_000, 15_000]

type Holding = {
  /** What all tabs look at. */
  looks: () => Promise<readonly string[]>
  versions: ReadonlyMap<string, number>
  tell: (line: Line) => void
  heard: (event: LiveEvent) => void
}

/** What stirs the holder: another look, or the end of its line. */
export type Stir = ReturnType<typeof openStir>
export function openStir() {
  let stirred = Promise.withResolvers<void>()
  return {
    stir: () => stirred.resolve(),
    /** Waits for it, so long (ms) at most. */
    wait: async (ms: number, signal: AbortSignal): Promise<void> => {
      await Promise.race([stirred.promise, pause(ms, signal)])
      stirred = Promise.withResolvers<void>()
    },
  }
}

/**
 * Keeps one line open for what all tabs look at, until the signal is aborted. Where that changes, another line is opened, and the
 * old one is closed once the new one speaks: until then the producer keeps what it needs to go on from there. The old one is not
 * heard meanwhile, so what the new one tells first begins where the pages are.
 */
export async function holdLine(holding: Holding, stir: Stir, signal: AbortSignal): Promise<void> {
  const { looks, tell } = holding
  const line = openOneLine(holding, stir, signal)
  let idle: ReadonlySet<string> = new Set()
  let tries = 0
  const lose = async ({ on, over }: Carried): Promise<void> => {
    if (signal.aborted) return
    tell({ status: 'lost', on, over })
    await pause(backoffMs[Math.min(tries, backoffMs.length - 1)] ?? 15_000, signal)
    tries += 1
  }
  while (!signal.aborted) {
    const broken = line.takeBroken()
    if (broken !== undefined) await lose(broken)
    const plan = planOf(await looks(), line.carried().on, idle)
    idle = plan.idle
    if (plan.on.length === 0) line.close()
    else if (plan.isOther) {
      if (await line.replace(plan)) tries = 0
      else await lose(plan)
      continue
    } else line.leaveOut(plan.over)
    await stir.wait(aroundMs, signal)
    await pause(togetherMs, signal)
  }
}

const nothing: Carried = { on: [], over: [] }

function openOneLine({ versions, tell, heard }: Holding, { stir }: Stir, signal: AbortSignal) {
  let line: EventLine | undefined
  let carried = nothing
  let broken: Carried | undefined
  return {
    /** What it carries; nothing while there is no line. */
    carried: (): Carried => carried,
    /** What it carried when it broke; told once. */
    takeBroken: (): Carried | undefined => {
      const told = broken
      broken = undefined
      return told
    },
    close: (): void => {
      const old = line
      ;[line, carried] = [undefined, nothing]
      old?.close()
      if (old !== undefined) tell({ status: 'live', ...nothing })
    },
    /** There is no room for these, and that is told where it is new. */
    leaveOut: (over: readonly string[]): void => {
      if (over.join() === carried.over.join()) return
      carried = { on: carried.on, over }
      tell({ status: 'live', ...carried })
    },
    /** Opens another line in its place. Gives whether that speaks. */
    replace: ({ on, over }: Carried): Promise<boolean> => {
      const before = line
      before?.hush()
      const spoken = Promise.withResolvers<boolean>()
      const opened = () => {
        before?.close()
        carried = { on, over }
        tell({ status: 'live', on, over })
        spoken.resolve(true)
      }
      const mine = openLine({ looks: on, versions, signal, opened, heard })
      line = mine
      void mine.over.then(() => {
        before?.close()
        if (line === mine) {
          if (carried.on === on) broken = carried
          ;[line, carried] = [undefined, nothing]
        }
        spoken.resolve(false)
        stir()
      })
      return spoken.promise
    },
  }
}

/** Waits so long (ms), or until the signal is aborted. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', over)
      resolve()
    }
    const timer = setTimeout(over, ms)
    signal.addEventListener('abort', over)
  })
}
