import { type LedgerScripts, ledgerScripts } from '@restyle/shared/ledger/lua'
import { untoldScripts } from './untold-scripts.ts'

/** A script without a text that it holds once. */
function without(script: string, text: string): string {
  const [before, after, ...more] = script.split(text)
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error(`a script must hold this once, to be taken out by a planted bug: ${text}`)
  return before + after
}

/** The ledger's scripts with a bug: somebody else tells of ends and notes that, and folding does not wait for it. */
export const hastyScripts: LedgerScripts = {
  ...untoldScripts,
  move: without(untoldScripts.move, "put(edit, 'told', to)"),
  fold: without(ledgerScripts.fold, ' or told ~= state'),
}
