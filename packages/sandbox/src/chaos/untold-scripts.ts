import { type LedgerScripts, ledgerScripts } from '@restyle/shared/ledger/lua'

const telling = 'then tellEdit(edit) end'

const [before, after, ...more] = ledgerScripts.move.split(telling)
if (before === undefined || after === undefined || more.length > 0)
  throw new Error(`move.lua must hold this once, to be taken out by a planted bug: ${telling}`)

/** The ledger's scripts with a bug: a move tells nobody. */
export const untoldScripts: LedgerScripts = { ...ledgerScripts, move: `${before}then end${after}` }
