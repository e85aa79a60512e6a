import { ApiError } from '@restyle/client/api-error'
import { useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query'
import { createContext, type ReactNode, use } from 'react'
import { api, names } from './api.ts'

/** Who is signed in: the producer of the key, and what the key may do. */
export type Session = Awaited<ReturnType<typeof api.session.read>>
type Scope = Session['scopes'][number]

const SessionContext = createContext<Session | undefined>(undefined)

/** What all pages below need; rendered only while somebody is signed in. */
export const SessionScope = ({ session, children }: { session: Session; children: ReactNode }) => (
  <SessionContext value={session}>{children}</SessionContext>
)

/** Who is signed in. Throws outside of a page. */
export function useSession(): Session {
  const session = use(SessionContext)
  if (session === undefined) throw new Error('nobody is signed in here')
  return session
}

/** Undefined where the key has the scope, else the sentence why not. The producer refuses it too. */
export function useRefusal(scope: Scope): string | undefined {
  const { scopes } = useSession()
  return scopes.includes(scope) ? undefined : `Your key does not have the scope ${scope}, which this needs.`
}

/** The session of this browser; `null` where there is none. */
export const useSessionQuery = (): UseQueryResult<Session | null> =>
  useQuery({
    queryKey: names.session,
    queryFn: async ({ signal }) => {
      try {
        return await (openByAddress() ?? api.session.read({ signal }))
      } catch (error) {
        if (error instanceof ApiError && error.status === 401) return null
        throw error
      }
    },
    staleTime: Infinity,
  })

/** Signs in with a key, and out. Whatever another producer was told is forgotten. */
export function useSigning() {
  const queries = useQueryClient()
  const become = (session: Session | null) => {
    // not the session itself: the page looks at it, and would not see another in its place
    queries.removeQueries({ predicate: ({ queryKey: [first] }) => first !== names.session[0] })
    queries.setQueryData(names.session, session)
  }
  return {
    signIn: async (key: string) => become(await api.session.open({ key })),
    signOut: async () => {
      await api.session.end()
      become(null)
    },
  }
}

let opening: Promise<Session> | undefined

/** The session that a token in the address opens: one call, however often the page asks meanwhile who is signed in. */
function openByAddress(): Promise<Session> | undefined {
  const token = takeToken()
  if (token !== undefined)
    opening = openOrRead(token).finally(() => {
      opening = undefined
    })
  return opening
}

/** A token that is used up is no reason to forget the session that this browser has. */
async function openOrRead(token: string): Promise<Session> {
  try {
    return await api.session.open({ token })
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return api.session.read()
    throw error
  }
}

const tokenOf = ({ hash }: Location): string | undefined => /^#token=([\w-]+)$/.exec(hash)?.[1]

/**
 * An address with a token that comes into a page that is open already loads it anew: what it has shown may be of another
 * producer. Gives what ends it.
 */
export function listenToAddress(target: Window): () => void {
  const ends = new AbortController()
  const look = () => {
    if (tokenOf(target.location) !== undefined) target.location.reload()
  }
  target.addEventListener('hashchange', look, { signal: ends.signal })
  return () => ends.abort()
}

/** The one-time token that `npm start` printed; it leaves the address and the history at once. */
function takeToken(): string | undefined {
  const token = tokenOf(location)
  if (token !== undefined) history.replaceState(history.state, '', location.pathname + location.search)
  return token
}
