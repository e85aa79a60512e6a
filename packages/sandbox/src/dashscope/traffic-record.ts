import { busiestSecond } from './quotas.ts'

/**
 * One submit that reached the service: what was asked and what came of it. Prompt and images are absent if the body was not
 * understood; inline images are shortened to their hash.
 */
export type Post = {
  /** Epoch ms of its arrival. */
  at: number
  outcome: 'accepted' | 'refused'
  /** The status the service gave, whatever a fault then did to the answer. */
  status: number
  code?: string | undefined
  model?: string | undefined
  prompt?: string | undefined
  images: string[]
  n?: number | undefined
  taskId?: string | undefined
  /** The fault that struck this request or its answer. */
  fault?: string | undefined
}

/** What was counted since the start. "Any second" is any window of 1,000 ms. */
export type Counters = {
  submits: number
  polls: number
  lists: number
  cancels: number
  policies: number
  uploads: number
  downloads: number
  /** Requests refused with 429 by the quotas. */
  throttled: number
  mostSubmitsInASecond: number
  mostQueriesInASecond: number
  /** Most tasks that held a running place at once, and most unfinished tasks, of one model. */
  mostRunning: number
  mostOpen: number
}

type Counted = 'submits' | 'polls' | 'lists' | 'cancels' | 'policies' | 'uploads' | 'downloads' | 'throttled'

/** Everything the simulator remembers of its callers. */
export type TrafficRecord = {
  posts: Post[]
  count: (what: Counted) => void
  counters: (book: { mostRunning: number; mostOpen: number }) => Counters
}

/** Starts counting. */
export const createRecord = (now: () => number): TrafficRecord => {
  const counted: Record<Counted, number> = {
    submits: 0,
    polls: 0,
    lists: 0,
    cancels: 0,
    policies: 0,
    uploads: 0,
    downloads: 0,
    throttled: 0,
  }
  const submits = busiestSecond(now)
  const queries = busiestSecond(now)
  return {
    posts: [],
    count: (what) => {
      counted[what] += 1
      if (what === 'submits') submits.count()
      if (what === 'polls') queries.count()
    },
    counters: ({ mostRunning, mostOpen }) => ({
      ...counted,
      mostSubmitsInASecond: submits.most,
      mostQueriesInASecond: queries.most,
      mostRunning,
      mostOpen,
    }),
  }
}
