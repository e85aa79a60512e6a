import type { Edit } from '@restyle/client/types'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { api, names } from '../app/api.ts'
import { useEvery } from '../app/live.ts'
import { usePreferences } from '../app/preferences.ts'
import { useNow } from '../app/use-now.ts'
import type { StateName } from '../rows/filter.ts'
import { stateWords } from '../rows/words.ts'
import { isForetold, waitingWords } from './waiting-words.ts'

/** A forecast is kept by the producer for some seconds (ms). */
const againMs = 5_000

/** Stands where a picture would: how the edit is, where it is in line, and when it is done. */
export function NoPicture({ edit, state }: { edit: Edit | undefined; state: StateName }) {
  if (edit === undefined) return <div className="stage stage-empty" aria-busy="true" />
  return (
    <div className="stage stage-empty">
      <p>
        This row is <strong>{stateWords[state]}</strong>: there is no picture of it.
      </p>
      <Waiting key={edit.id} edit={edit} />
      {edit.failure === undefined ? null : (
        <p>
          <code>{edit.failure.code}</code> <bdi>{edit.failure.message}</bdi>
        </p>
      )}
      <Link href={`/edits/${edit.id}`}>What happened to it</Link>
    </div>
  )
}

function Waiting({ edit }: { edit: Edit }) {
  const every = useEvery()
  const now = useNow(15_000)
  const { zone } = usePreferences()
  const isAsked = isForetold(edit.state)
  const { data, isError } = useQuery({
    queryKey: [...names.editForecast(edit.id), edit.state],
    queryFn: ({ signal }) => api.edits.forecast(edit.id, { signal }),
    enabled: isAsked,
    refetchInterval: every(againMs),
    placeholderData: (before) => before,
  })
  const words = waitingWords(edit, data, now, zone)
  return (
    <div className="waiting">
      {words.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      {isAsked && data === undefined ? (
        <p className="muted">{isError ? 'When it is done is not known now.' : 'Asking when it is done…'}</p>
      ) : null}
    </div>
  )
}
