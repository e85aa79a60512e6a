import type { ReactNode } from 'react'
import { Tip } from './tip.tsx'
import './why.css'

/** Words that something stands behind: it shows while they are pointed at or have the focus. */
export const Why = ({
  why,
  warn = false,
  children,
}: {
  why: string
  warn?: boolean
  children: ReactNode
}) => (
  <Tip text={why}>
    {(describedBy) => (
      <button type="button" className={warn ? 'plain why warn' : 'plain why'} aria-describedby={describedBy}>
        {children}
      </button>
    )}
  </Tip>
)
