import { type LedgerScripts, ledgerScripts } from '@restyle/shared/ledger/lua'

const claiming = "if owner ~= edit.fields.id then return { 'taskTaken', owner } end"

const [before, after, ...more] = ledgerScripts.move.split(claiming)
if (before === undefined || after === undefined || more.length > 0)
  throw new Error(`move.lua must hold this once, to be taken out by a planted bug: ${claiming}`)

/** The ledger's scripts with a bug: a move gives a task to whoever asks. */
export const unclaimedScripts: LedgerScripts = { ...ledgerScripts, move: before + after }
