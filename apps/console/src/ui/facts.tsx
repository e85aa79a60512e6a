import type { ReactNode } from 'react'
import './facts.css'

/** Names and values, one below the other; what is undefined is left out. */
export const Facts = ({ facts }: { facts: readonly (readonly [string, ReactNode])[] }) => (
  <dl className="facts">
    {facts.map(([name, value], place) =>
      value === undefined ? null : (
        <div key={`${place} ${name}`}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ),
    )}
  </dl>
)
