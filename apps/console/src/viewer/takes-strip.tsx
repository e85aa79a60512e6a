import type { Edit } from '@restyle/client/types'
import { api } from '../app/api.ts'
import { dropPlaceholder, Picture } from '../rows/picture.tsx'
import type { Said } from '../rows/said.ts'
import { stateWords, verdictWords } from '../rows/words.ts'
import { Choice, Radio } from './choice.tsx'
import type { Deeds } from './use-viewer-keys.ts'

/** All takes of a row, small: which one is shown, and what it is compared with. Nothing for a row with one. */
export function TakesStrip(props: {
  takes: readonly Edit[]
  shown: Edit | undefined
  against: Edit | undefined
  own: Edit | undefined
  said: Said
  deeds: Deeds
}) {
  const { takes, shown, against, own, said, deeds } = props
  if (takes.length < 2 || shown === undefined || own === undefined) return null
  const others = takes.flatMap((take, at) =>
    take.state === 'succeeded' && take.id !== shown.id ? [{ take, number: at + 1 }] : [],
  )
  return (
    <section className="takes" aria-label="Takes">
      <ol className="takes-list">
        {takes.map((take, at) => (
          <li key={take.id}>
            <button
              type="button"
              className="strip-cell"
              aria-current={take.id === shown.id ? 'true' : undefined}
              aria-label={`Take ${at + 1}, ${takeWords(take, own, said)}`}
              onClick={() => deeds.take(at + 1)}
            >
              <TakePicture take={take} />
            </button>
            <span aria-hidden="true" className="takes-words">
              {at + 1}: {takeWords(take, own, said)}
            </span>
          </li>
        ))}
      </ol>
      <Choice legend="Compare with">
        <Radio name="against" checked={against === undefined} set={() => deeds.against(undefined)}>
          source
        </Radio>
        {others.map(({ take, number }) => (
          <Radio
            key={take.id}
            name="against"
            checked={take.id === against?.id}
            set={() => deeds.against(number)}
          >
            take {number}
          </Radio>
        ))}
      </Choice>
    </section>
  )
}

/** `approved`, where its images are meant; else how it stands. */
function takeWords({ id, state, failure }: Edit, own: Edit, { verdict, redo }: Said): string {
  const decided = verdict === 'approved' || verdict === 'rejected'
  if (decided && id === (redo ?? own.id)) return verdictWords[verdict]
  return failure === undefined ? stateWords[state] : `${stateWords[state]}, ${failure.code}`
}

function TakePicture({ take }: { take: Edit }) {
  const image = take.images.find(({ failure }) => failure === undefined)
  return (
    <span className="cell-box">
      {take.state !== 'succeeded' || image === undefined ? null : (
        <Picture address={api.images.picturePath(take.id, image.index, '320')} loaded={dropPlaceholder} />
      )}
    </span>
  )
}
