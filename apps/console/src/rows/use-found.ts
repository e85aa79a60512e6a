import { useEffect, useState } from 'react'
import { api } from '../app/api.ts'
import { nothingFound, withFound } from './found-rows.ts'

/**
 * The rows of a batch that a text is found in, as far as the producer has looked: it looks at a part in each request, and the next
 * one follows until all `rows` were looked at. Nothing is asked for an empty text.
 */
export function useFound(batch: string, text: string, rows: number) {
  const [kept, setKept] = useState(() => nothingFound(text))
  const [failure, setFailure] = useState<{ text: string; error: unknown }>()
  const found = kept.text === text ? kept : nothingFound(text)
  const { to } = found
  const error = failure?.text === text ? failure.error : undefined
  const looks = text !== '' && to < rows && error === undefined
  useEffect(() => {
    if (!looks) return
    const ends = new AbortController()
    api.batches.findRows(batch, text, { from: to + 1, signal: ends.signal }).then(
      (answer) =>
        setKept((before) => {
          if (before.text === text) return withFound(before, answer)
          return to === 0 ? withFound(nothingFound(text), answer) : before
        }),
      (why: unknown) => {
        if (!ends.signal.aborted) setFailure({ text, error: why })
      },
    )
    return () => ends.abort()
  }, [batch, text, to, looks])
  return { found, looks, error, retry: () => setFailure(undefined) }
}
export type FoundSoFar = ReturnType<typeof useFound>
