import { type FormEvent, useState } from 'react'
import { useSigning } from '../app/session.tsx'
import { reasonOf } from '../ui/toasts.tsx'
import './sign-in-page.css'

/** Asks for an API key; the page behind it keeps its address. The key goes to the producer alone and is kept nowhere. */
export function SignInPage() {
  const { signIn } = useSigning()
  const [reason, setReason] = useState('')
  const [busy, setBusy] = useState(false)
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const key = new FormData(event.currentTarget).get('key')
    if (busy || typeof key !== 'string' || key.trim() === '') return
    setBusy(true)
    signIn(key.trim()).catch((error: unknown) => {
      setReason(reasonOf(error))
      setBusy(false)
    })
  }
  return (
    <main className="sign-in" id="main">
      <h1>Restyle</h1>
      <p>
        Sign in with an API key of your producer. The browser keeps a session until it is closed, for 12 hours
        after its last use at most, and never the key.
      </p>
      <form onSubmit={send}>
        <label htmlFor="key">API key</label>
        <input
          id="key"
          name="key"
          type="password"
          autoComplete="off"
          spellCheck={false}
          placeholder="rk_…"
          aria-describedby="sign-in-reason"
          aria-invalid={reason === '' ? undefined : true}
          autoFocus
          required
        />
        <p id="sign-in-reason" className="bad" role="alert">
          {reason}
        </p>
        <button type="submit" className="primary" aria-disabled={busy || undefined}>
          {busy ? 'Signing in…' : 'Sign in'}
        </button>
      </form>
      <p className="muted">
        No key? Whoever runs this installation makes one. On the machine where <code>npm start</code> runs,
        the address that it printed signs in by itself, once.
      </p>
    </main>
  )
}
