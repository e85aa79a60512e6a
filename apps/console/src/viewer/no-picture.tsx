import type { Edit } from '@restyle/client/types'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, names } from '../app/api.ts'
import { useEvery } from '../app/live.ts'
import { usePreferences } from '../app/preferences.ts'
import { isShowable } from '../app/showable.ts'
import { useNow } from '../app/use-now.ts'
import type { StateName } from '../rows/filter.ts'
import { Picture } from '../rows/picture.tsx'
import { stateWords } from '../rows/words.ts'
import { Loading } from '../ui/states.tsx'
import { EditFacts } from './picture-facts.tsx'
import { sourceName } from './sources.ts'
import { isForetold, waitingWords } from './waiting-words.ts'

/** A forecast is kept by the producer for some seconds (ms). */
const againMs = 5_000

/** Stands where a picture would: how the edit is, where it is in line, when it is done, and what it is made from. */
export function NoPicture({ edit, state }: { edit: Edit | undefined; state: StateName }) {
  if (edit === undefined)
    return (
      <div className="stage stage-empty" aria-busy="true">
        <Loading what="the row" lines={1} />
      </div>
    )
  return (
    <div className="stage stage-empty">
      <div className="stage-words">
        <p>
          This row is <strong>{stateWords[state]}</strong>: there is no picture of it.
        </p>
        <Waiting key={edit.id} edit={edit} />
        {edit.failure === undefined ? null : (
          <p>
            <code>{edit.failure.code}</code> <bdi>{edit.failure.message}</bdi>
          </p>
        )}
        <p className="muted stage-facts">
          <EditFacts edit={edit} />
        </p>
      </div>
      <Sources key={`sources of ${edit.id}`} edit={edit} />
    </div>
  )
}

/** All pictures that an edit is made from. */
function Sources({ edit }: { edit: Edit }) {
  const { images } = edit.request
  return images.length === 0 ? null : (
    <ul className="sources" aria-label="What it is made from">
      {images.map((address, at) => (
        <li key={`${at} ${address}`}>
          <Source edit={edit.id} at={at} address={address} />
          <span className="muted">{images.length < 2 ? 'source' : sourceName(at, images.length)}</span>
        </li>
      ))}
    </ul>
  )
}

function Source({ edit, at, address }: { edit: string; at: number; address: string }) {
  const [broken, setBroken] = useState(isShowable(address) ? undefined : 'Only DashScope reads it.')
  return (
    <span className="source-box">
      {broken === undefined ? (
        <Picture address={api.images.sourcePath(edit, at, '960')} broken={setBroken} />
      ) : (
        <span>It cannot be shown. {broken}</span>
      )}
    </span>
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
