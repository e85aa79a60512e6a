import { type LedgerScripts, ledgerScripts } from '@restyle/shared/ledger/lua'
import { marks } from '@restyle/shared/ledger/facts'

/** How many edits of a batch workers keep queued in a run: its batches are small, and most of their rows must rest. */
const few = { low: 1, high: 2 }

const asking = 'local function nextToFeed('

/** The ledger's scripts, which feed a batch a few rows at a time. */
export const feedingFew = (scripts: LedgerScripts = ledgerScripts): LedgerScripts =>
  Object.fromEntries(
    Object.entries(scripts).map(([name, text]) => [
      name,
      text.includes(asking)
        ? text
            .replaceAll(`>= ${marks.lowMark} then return nil`, `>= ${few.low} then return nil`)
            .replaceAll(`lot.now < ${marks.lowMark}`, `lot.now < ${few.low}`)
            .replaceAll(`math.min(${marks.highMark} - queued`, `math.min(${few.high} - queued`)
        : text,
    ]),
  ) as LedgerScripts
