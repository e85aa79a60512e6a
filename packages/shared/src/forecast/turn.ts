/** Edits that wait, and the images that they ask for. */
export type Waiting = { rows: number; images: number }

/** What one producer has waiting of a model. Interactive and standard edits are counted together in `usual`. */
export type Backlog = { weight: number; usual: Waiting; bulk: Waiting }

/** What a forecast is asked for, and what goes before and beside it. */
export type Queue = {
  class: 'interactive' | 'standard' | 'bulk'
  mine: Waiting
  /** Edits of the same producer that go before mine: of the same lot or, before standard ones, interactive. */
  before: Waiting
  weight: number
  /** The producer's own of the other kind: bulk where mine are not, and the other way round. */
  beside: Waiting
  others: readonly Backlog[]
}

/** How many edits are admitted, by all producers, before the first of mine and until the last of mine, which counts. */
export type Turn = {
  before: number
  total: number
  /** The share of the edits about the last one that is mine. */
  share: number
  /** Images of an edit, on average over those. */
  n: number
}

/** As in ledger/includes/pick.lua. */
const [lead, bulkEvery] = [20, 10]

/**
 * How many edits go before mine by fair share: others get images by their weights until they have none left. What they
 * enqueue later is not known.
 */
export function turnOf(queue: Queue): Turn {
  const { before, mine } = queue
  const last = admittedUntil(queue, before.images + mine.images)
  const first = mine.rows === 0 ? last : admittedUntil(queue, before.images)
  const total = Math.max(mine.rows, Math.round(last.edits))
  return {
    before: Math.min(total - 1, Math.max(0, Math.round(first.edits))),
    total,
    share: last.share,
    n: last.images / Math.max(1, last.edits),
  }
}

type Admitted = { edits: number; images: number; share: number }

/** What all have been admitted when so many images of my producer's have been. */
function admittedUntil(
  { class: lot, mine, before, weight, beside, others }: Queue,
  images: number,
): Admitted {
  const own: Waiting = { rows: mine.rows + before.rows, images }
  const rowsOf = (part: number, { rows, images: all }: Waiting) => (all === 0 ? 0 : (part / all) * rows)
  const ownRows = rowsOf(images, { rows: own.rows, images: mine.images + before.images })
  const isBulk = lot === 'bulk'
  // images by weight; who began together has had as much
  const turns = Math.max(0, images - (lot === 'interactive' ? lead : 0)) / weight
  const rivals = others.map((each) => ({ weight: each.weight, waiting: isBulk ? each.bulk : each.usual }))
  const served = rivals.map(({ weight: other, waiting }) => Math.min(waiting.images, other * turns))
  const kind = {
    images: images + sum(served),
    edits: ownRows + sum(rivals.map(({ waiting }, i) => rowsOf(served[i] ?? 0, waiting))),
  }
  const rest = addAll([beside, ...others.map((each) => (isBulk ? each.usual : each.bulk))])
  const due = kind.images * (isBulk ? bulkEvery - 1 : 1 / (bulkEvery - 1))
  const given = Math.min(rest.images, due)
  const ofKind = given < rest.images ? (isBulk ? 1 / bulkEvery : 1 - 1 / bulkEvery) : 1
  const waits = rivals.filter(({ weight: other, waiting }) => waiting.images > other * turns)
  return {
    edits: kind.edits + rowsOf(given, rest),
    images: kind.images + given,
    share: (ofKind * weight) / (weight + sum(waits.map((each) => each.weight))),
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0)

const addAll = (all: readonly Waiting[]): Waiting => ({
  rows: sum(all.map(({ rows }) => rows)),
  images: sum(all.map(({ images }) => images)),
})
