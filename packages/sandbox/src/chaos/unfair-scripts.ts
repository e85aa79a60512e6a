import { type LedgerScripts, ledgerScripts } from '@restyle/shared/ledger/lua'

const costing = 'local cost = costOf(fields.producer, images)'

const [before, after, ...more] = ledgerScripts.admit.split(costing)
if (before === undefined || after === undefined || more.length > 0)
  throw new Error(`admit.lua must hold this once, to be taken out by a planted bug: ${costing}`)

/** A producer's tag becomes the place of its last edit, by time. */
const untilItsTime = 'local cost = tonumber(fields.order) - tagOf(model, fields.producer)'

/** The ledger's scripts with a bug: the first to come is served first. */
export const unfairScripts: LedgerScripts = { ...ledgerScripts, admit: before + untilItsTime + after }
