import { ApiError } from '@restyle/client/api-error'
import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import './toasts.css'

type Toast = { id: number; text: string; undo: (() => void) | undefined; bad: boolean }
type Toasts = {
  /** Says what was done; `undo` takes it back, as long as the toast stands. */
  say: (text: string, undo?: () => void) => void
  /** Says why something was not done. */
  failed: (error: unknown) => void
}

const ToastsContext = createContext<Toasts | undefined>(undefined)
/** How long a toast stands (ms); while it is pointed at or has the focus it stays. */
const lastsMs = 10_000

/** Says in a polite region what was done. */
export function useToasts(): Toasts {
  const toasts = use(ToastsContext)
  if (toasts === undefined) throw new Error('there is no place for toasts here')
  return toasts
}

/** The place where toasts stand, over everything below it. */
export function ToastPlace({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly Toast[]>([])
  const next = useRef(0)
  const drop = useCallback((id: number) => setToasts((all) => all.filter((each) => each.id !== id)), [])
  const value = useMemo<Toasts>(() => {
    const add = (text: string, undo: (() => void) | undefined, bad: boolean) => {
      const id = (next.current += 1)
      // three are read, more are noise
      setToasts((all) => [...all.slice(-2), { id, text, undo, bad }])
    }
    return {
      say: (text, undo) => add(text, undo, false),
      failed: (error) => add(reasonOf(error), undefined, true),
    }
  }, [])
  return (
    <ToastsContext value={value}>
      {children}
      <div className="toasts" role="status" aria-live="polite">
        {toasts.map((toast) => (
          <ToastCard key={toast.id} toast={toast} drop={drop} />
        ))}
      </div>
    </ToastsContext>
  )
}

function ToastCard({ toast, drop }: { toast: Toast; drop: (id: number) => void }) {
  const { id, text, undo, bad } = toast
  const [kept, setKept] = useState(false)
  useEffect(() => {
    if (kept || bad) return
    const timer = setTimeout(drop, lastsMs, id)
    return () => clearTimeout(timer)
  }, [kept, bad, drop, id])
  return (
    <div
      className={bad ? 'toast toast-bad' : 'toast'}
      onMouseEnter={() => setKept(true)}
      onMouseLeave={() => setKept(false)}
      onFocus={() => setKept(true)}
      onBlur={() => setKept(false)}
    >
      <span>{text}</span>
      {undo === undefined ? null : (
        <button
          type="button"
          onClick={() => {
            drop(id)
            undo()
          }}
        >
          Undo
        </button>
      )}
      <button type="button" className="plain square" aria-label="Close this message" onClick={() => drop(id)}>
        ×
      </button>
    </div>
  )
}

/** The sentence of a refusal, with the request that the producer's log has. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'Something went wrong.'
  return error instanceof ApiError && error.requestId !== undefined
    ? `${error.message} (${error.code}, request ${error.requestId})`
    : error.message
}
