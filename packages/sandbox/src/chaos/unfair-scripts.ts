import { type LedgerScripts, ledgerScripts } from '@restyle/shared/ledger/lua'

const charging = 'charge(model, fields.producer, cost)'

const [before, after, ...more] = ledgerScripts.admit.split(charging)
if (before === undefined || after === undefined || more.length > 0)
  throw new Error(`admit.lua must hold this once, to be taken out by a planted bug: ${charging}`)

/** The ledger's scripts with a bug: a producer stands where its last edit came, so that the first to come is served first. */
export const unfairScripts: LedgerScripts = {
  ...ledgerScripts,
  admit: `${before}setTag(model, fields.producer, tonumber(fields.order))${after}`,
}
