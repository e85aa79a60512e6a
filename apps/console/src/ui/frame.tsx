import { type ReactNode, useEffect, useRef } from 'react'
import { Link, useLocation } from 'wouter'
import { writeAddress } from '../app/before-leaving.ts'
import type { Action } from '../app/keys.ts'
import { useSession, useSigning } from '../app/session.tsx'
import { type Handlers, useKeys } from '../app/use-keys.ts'
import { copyText } from './copy-text.ts'
import { KeysDialog, useKeysDialog } from './keys-dialog.tsx'
import { Tip } from './tip.tsx'
import { useToasts } from './toasts.tsx'
import './frame.css'

/** A page that the navigation names, and the action whose key goes there. */
export type NavEntry = { to: string; label: string; action: Action; letter: string }

/**
 * What every page has around it: the skip link, the bar, the navigation, one `<main>`. `status` and `search` stand in the bar.
 */
export function Frame({
  entries,
  status,
  search,
  children,
}: {
  entries: readonly NavEntry[]
  status?: ReactNode
  search?: ReactNode
  children: ReactNode
}) {
  const [path, go] = useLocation()
  const keys = useKeysDialog()
  const main = useRef<HTMLElement>(null)
  useKeys({
    ...goTo(entries, go),
    'show-keys': keys.open,
    'copy-link': useCopyLink(),
  })
  useFocusAfterMove(path, main)
  return (
    <div className="frame">
      <a className="skip" href="#main" onClick={() => main.current?.focus()}>
        Skip to the page
      </a>
      <header className="bar">
        <Link href="/" className="brand">
          Restyle
        </Link>
        <div className="bar-search">{search}</div>
        {status}
        <KeysButton open={keys.open} />
        <Who />
      </header>
      <nav aria-label="Pages" className="nav">
        <ul>
          {entries.map(({ to, label, letter }) => (
            <li key={to}>
              <Link href={to} aria-current={path === to || path.startsWith(`${to}/`) ? 'page' : undefined}>
                {label} <kbd aria-hidden="true">g {letter}</kbd>
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <main id="main" ref={main} tabIndex={-1}>
        {children}
      </main>
      <KeysDialog {...keys} />
    </div>
  )
}

const goTo = (entries: readonly NavEntry[], go: (to: string) => void): Handlers =>
  Object.fromEntries(entries.map(({ action, to }) => [action, () => go(to)]))

const KeysButton = ({ open }: { open: () => void }) => (
  <Tip text="Keys" keys="?">
    {(describedBy) => (
      <button
        type="button"
        className="plain square"
        aria-label="Keys"
        aria-describedby={describedBy}
        onClick={open}
      >
        ?
      </button>
    )}
  </Tip>
)

function Who() {
  const { producer } = useSession()
  const { signOut } = useSigning()
  const { failed } = useToasts()
  return (
    <div className="who">
      <span title={producer}>{producer}</span>
      <button type="button" className="plain" onClick={() => void signOut().catch(failed)}>
        Sign out
      </button>
    </div>
  )
}

function useCopyLink(): () => void {
  const { say } = useToasts()
  return () => {
    writeAddress()
    void copyText(location.href).then((done) =>
      say(done ? 'The address of this view is copied.' : 'The browser did not allow to copy the address.'),
    )
  }
}

/** Another page begins at its heading, for who hears it; a change of the query does not. */
function useFocusAfterMove(path: string, main: { current: HTMLElement | null }): void {
  const first = useRef(true)
  useEffect(() => {
    if (first.current) {
      first.current = false
      return
    }
    main.current?.focus({ preventScroll: true })
    window.scrollTo(0, 0)
  }, [path, main])
}
