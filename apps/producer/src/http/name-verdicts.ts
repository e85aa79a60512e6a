import type { VerdictView } from '@restyle/shared/contract/verdict'
import type { KeyShelf } from '@restyle/shared/ledger/api-keys'

/** Who knows what keys are called. */
export type KeyNames = { ledger: { apiKeys: Pick<KeyShelf, 'namesOf'> } }

/** The same, each verdict with what its key is called now: a person knows no key by its id. */
export async function nameVerdicts<View extends { verdict?: VerdictView | undefined }>(
  views: readonly View[],
  { ledger }: KeyNames,
): Promise<View[]> {
  const given = views.flatMap(({ verdict }) => (verdict === undefined ? [] : [verdict.by]))
  // one whose details were lost has nobody who gave it
  const ids = [...new Set(given)].filter((id) => id !== '')
  if (ids.length === 0) return [...views]
  const names = await ledger.apiKeys.namesOf(ids)
  const nameOf = new Map(ids.map((id, i) => [id, names[i]]))
  return views.map((view) => {
    const { verdict } = view
    const byName = verdict === undefined ? undefined : nameOf.get(verdict.by)
    return verdict === undefined || byName === undefined ? view : { ...view, verdict: { ...verdict, byName } }
  })
}
