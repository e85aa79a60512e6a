/*
 * A view that the address does not have yet when the page is read anew: the browser has chosen the address by then. It is kept for
 * the page that comes in its place.
 */

/** A browser may refuse to have one. */
type StoreOf = () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

const name = 'restyle-unwritten'

/** `at`: the whole address as it stands; `text`: the query that it should have. */
export function keepUnwritten(storeOf: StoreOf, at: string, text: string): void {
  try {
    storeOf().setItem(name, JSON.stringify([at, text]))
  } catch {
    // no room, or none is allowed: then the address counts
  }
}

/** The query that was kept for this address, once; undefined for any other. */
export function takeUnwritten(storeOf: StoreOf, at: string): string | undefined {
  try {
    const store = storeOf()
    const [kept, text] = JSON.parse(store.getItem(name) ?? '[]') as unknown[]
    store.removeItem(name)
    return kept === at && typeof text === 'string' ? text : undefined
  } catch {
    return undefined
  }
}
