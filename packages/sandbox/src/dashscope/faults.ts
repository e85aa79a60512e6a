/** Where a fault strikes. `api` is every call that carries the key; `task` is the life of the task itself. */
export type FaultPoint =
  | 'submit'
  | 'query'
  | 'list'
  | 'cancel'
  | 'policy'
  | 'upload'
  | 'result'
  | 'api'
  | 'task'

/** What a fault may look at to decide whether it is meant. */
export type RequestFacts = {
  at: FaultPoint
  path: string
  key?: string | undefined
  model?: string | undefined
  prompt?: string | undefined
  images?: string[] | undefined
  n?: number | undefined
  taskId?: string | undefined
}

/** What happens to an answer on its way out. All times in real ms. */
export type AnswerDeed =
  /** RST, or FIN, before the first byte of the answer. */
  | { type: 'reset' }
  | { type: 'fin' }
  /** The right answer, but late. */
  | { type: 'late'; ms: number }
  /** Another status with the vendor's flat error body. */
  | {
      type: 'status'
      status: number
      code?: string
      message?: string
      retryAfter?: string
      /** As gateways nest it: `{"error":{"code","message"}}`. */
      nested?: true
    }
  /** Half of the answer, then the connection ends (`silent`: it stays open and says nothing more). */
  | { type: 'truncated'; framing: 'length' | 'chunked' | 'silent' }
  /** Status 200 with other bytes: HTML, garbage, nothing, another picture. */
  | { type: 'body'; body: string | Uint8Array; contentType?: string }
  /** This JSON instead, with status 200: an error as a success, `output: null`. */
  | { type: 'json'; body: Record<string, unknown> }
  /** The answer's `output` without its task id, with another one, or with nothing but this state. */
  | { type: 'no-task-id' }
  | { type: 'task-id'; taskId: string }
  | { type: 'state'; state: string }
  | { type: 'fat-headers'; bytes?: number }
  | { type: 'redirect'; location: string; status?: 301 | 302 | 307 | 308 }
  | { type: 'drip'; bytes: number; everyMs: number }
  /** Content-Length names half of the bytes that follow. */
  | { type: 'lying-length' }
  /** This many bytes of nothing, chunked, no length; or gzipped, a thousand times smaller on the wire. */
  | { type: 'endless'; bytes: number }
  | { type: 'gzip-bomb'; bytes: number }

/** What happens to a task in the service. All times in real ms. */
export type TaskDeed =
  /** FAILED, with no code when none is given. */
  | { type: 'fail'; code?: string; message?: string }
  /** This many of the n images fail (entries with `code`), or are missing without a word. */
  | { type: 'fail-some'; images: number; code?: string; message?: string }
  | { type: 'lose-some'; images: number }
  /** SUCCEEDED with `results: []` and no usage. */
  | { type: 'empty-results' }
  /** `usage.image_count` is larger than the URLs given, and so is the bill. */
  | { type: 'overcount'; by: number }
  /** SUCCEEDED and billed, but for so long the answers show no image. */
  | { type: 'late-images'; ms: number }
  /** The results echo this prompt instead of the one that was sent. */
  | { type: 'echo'; prompt: string }
  | { type: 'canceled' }
  | { type: 'stay-pending'; ms: number }
  | { type: 'take'; ms: number }
  | { type: 'late-in-list'; ms: number }
  /** Every result has this URL, whatever is there. */
  | { type: 'result-url'; url: string }

type Common = {
  /** How often it strikes; `Infinity` until lifted. Default 1. */
  times?: number
  match?: (facts: RequestFacts) => boolean
}

/** A fault to be: where, how often, for which requests, and what it does. */
export type FaultPlan =
  | (Common & {
      at: Exclude<FaultPoint, 'task'>
      do: AnswerDeed
      /** Whether the request is carried out first; default yes, but no for `status` and `redirect`. */
      accepted?: boolean
    })
  | (Common & { at: 'task'; do: TaskDeed })

/** An armed fault: how often it struck, and a way to end it. */
export type Fault = { readonly fired: number; readonly plan: FaultPlan; lift: () => void }

/** The faults of one simulator. */
export type Faults = {
  add: (plan: FaultPlan) => Fault
  /** Every submit is refused 400 `Arrearage` until lifted. */
  arrears: () => Fault
  /** Every call is refused 401 `InvalidApiKey` until lifted. */
  invalidKey: () => Fault
  clear: () => void
  /** Takes the fault that answers instead of the service, if one is armed for this request. */
  takeBefore: (facts: RequestFacts) => AnswerDeed | undefined
  /** Takes the fault that spoils the answer of a request that was carried out. */
  takeAfter: (facts: RequestFacts) => AnswerDeed | undefined
  takeForTask: (facts: RequestFacts) => TaskDeed[]
}

type Armed = { plan: FaultPlan; left: number; fired: number }

const answersInstead = (plan: FaultPlan): boolean =>
  plan.at !== 'task' && !(plan.accepted ?? (plan.do.type !== 'status' && plan.do.type !== 'redirect'))

const isMeant = ({ plan, left }: Armed, facts: RequestFacts): boolean =>
  left > 0 &&
  (plan.at === facts.at || (plan.at === 'api' && facts.at !== 'result' && facts.at !== 'upload')) &&
  (plan.match?.(facts) ?? true)

const arrears: FaultPlan = {
  at: 'submit',
  times: Infinity,
  do: {
    type: 'status',
    status: 400,
    code: 'Arrearage',
    message: 'Access denied, please make sure your account is in good standing.',
  },
}

const invalidKey: FaultPlan = {
  at: 'api',
  times: Infinity,
  do: { type: 'status', status: 401, code: 'InvalidApiKey', message: 'Invalid API-key provided.' },
}

const fire = (fault: Armed): void => {
  fault.left -= 1
  fault.fired += 1
}

const handleOf = (fault: Armed): Fault => ({
  plan: fault.plan,
  get fired() {
    return fault.fired
  },
  lift: () => {
    fault.left = 0
  },
})

/** Keeps the scripted faults and counts how often each one struck. */
export const createFaults = (): Faults => {
  const armed: Armed[] = []

  const take = (facts: RequestFacts, instead: boolean): AnswerDeed | undefined => {
    for (const fault of armed) {
      const { plan } = fault
      if (plan.at === 'task' || answersInstead(plan) !== instead || !isMeant(fault, facts)) continue
      fire(fault)
      return plan.do
    }
    return undefined
  }
  const add = (plan: FaultPlan): Fault => {
    const fault: Armed = { plan, left: plan.times ?? 1, fired: 0 }
    armed.push(fault)
    return handleOf(fault)
  }

  return {
    add,
    arrears: () => add(arrears),
    invalidKey: () => add(invalidKey),
    clear: () => {
      for (const fault of armed) fault.left = 0
    },
    takeBefore: (facts) => take(facts, true),
    takeAfter: (facts) => take(facts, false),
    takeForTask: (facts) => {
      const deeds: TaskDeed[] = []
      for (const fault of armed) {
        if (fault.plan.at !== 'task' || !isMeant(fault, facts)) continue
        fire(fault)
        deeds.push(fault.plan.do)
      }
      return deeds
    },
  }
}
