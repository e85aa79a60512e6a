import type { SmallSide } from '@restyle/client/images'
import type { Edit } from '@restyle/client/types'
import { memo, useState } from 'react'
import { api } from '../app/api.ts'
import type { RedoName, StateName, VerdictName } from '../rows/filter.ts'
import { dropPlaceholder, Picture, placeholderOf } from '../rows/picture.tsx'
import { pictureOf, saidOf } from '../rows/said.ts'
import { cellName, giverOf, markOf, stateWords } from '../rows/words.ts'

export type CellProps = {
  id: string
  place: number
  row: number
  column: number
  left: number
  width: number
  /** Undefined until it was read. */
  edit: Edit | undefined
  state: StateName
  verdict: VerdictName
  code: string | undefined
  /** How far its redo is. */
  made: RedoName | undefined
  selected: boolean
  active: boolean
  /** Shows what the row was made from. */
  before: boolean
  side: SmallSide
}

/** One row of the batch: its picture, its key, the mark of its state or verdict. Three elements, since there are hundreds. */
export const Cell = memo(function Cell(props: CellProps) {
  const { id, place, row, column, left, width, edit, state, verdict, code, made, selected, active, before } =
    props
  const name = edit?.key ?? `row ${row}`
  const redo = saidOf(verdict, edit?.verdict).redo !== undefined
  const mark = markOf(state, verdict, { redo, made })
  const [broken, setBroken] = useState<readonly string[]>([])
  const pictures = picturesOf(props)
  const shown = before ? pictures?.source : pictures?.after
  const isBroken = shown !== undefined && broken.includes(shown)
  return (
    <div
      id={id}
      role="gridcell"
      aria-colindex={column + 1}
      aria-selected={selected}
      aria-label={cellName({
        name: shortened(name),
        state,
        verdict,
        by: edit?.verdict?.verdict === verdict ? giverOf(edit.verdict) : undefined,
        before,
        code,
        take: edit?.take,
        redo,
        made,
        broken: isBroken ? brokenWords(before) : undefined,
      })}
      className="cell"
      data-place={place}
      data-row={row}
      data-state={state}
      data-verdict={verdict}
      data-active={active || undefined}
      data-mark={mark === '' ? undefined : mark}
      style={{ left, width }}
    >
      <CellPicture
        {...props}
        pictures={pictures}
        isBroken={isBroken}
        fail={(address) => setBroken((all) => [...all, address])}
      />
      <bdi className="cell-name">{shortened(name)}</bdi>
    </div>
  )
})

/** A key may have 300 characters and more; the whole one stands in the viewer. */
const shortened = (name: string): string =>
  name.length > 80 ? `${Array.from(name).slice(0, 79).join('')}…` : name

const brokenWords = (before: boolean): string => (before ? 'the source is gone' : 'picture not readable')

/** `after` is undefined where a row has no result. */
type Pictures = { after: string | undefined; source: string; hash: string | undefined }

/** Where the pictures of a row are; undefined while it was not read. */
function picturesOf({ edit, state, verdict, side }: CellProps): Pictures | undefined {
  if (edit === undefined) return undefined
  const image = state === 'succeeded' ? pictureOf(edit, saidOf(verdict, edit.verdict)) : undefined
  return {
    after: image === undefined ? undefined : api.images.picturePath(image.edit, image.index, side),
    source: api.images.sourcePath(edit.id, 0, side),
    hash: image?.hash,
  }
}

function CellPicture(
  props: CellProps & { pictures: Pictures | undefined; isBroken: boolean; fail: (address: string) => void },
) {
  const { edit, state, code, before, pictures, isBroken, fail } = props
  const [wanted, setWanted] = useState(false)
  const [there, setThere] = useState<string>()
  // a source that was asked for goes on when the key is let go: a short press shows it then, or the next one does
  if (before && !wanted) setWanted(true)
  if (edit === undefined || pictures === undefined) return <span className="cell-box" />
  const { after, source, hash } = pictures
  const words = isBroken
    ? `⚠ ${brokenWords(before)}`
    : before && there === source
      ? undefined
      : after === undefined
        ? (code ?? stateWords[state])
        : before
          ? 'before…'
          : undefined
  const placeholder = before ? undefined : placeholderOf(hash)
  return (
    <span
      className={words === undefined ? 'cell-box' : 'cell-box cell-words'}
      data-words={words}
      style={placeholder === undefined ? undefined : { backgroundImage: `url(${placeholder})` }}
    >
      {isBroken || after === undefined ? null : (
        <Picture
          key={after}
          address={after}
          className={before ? 'cell-away' : ''}
          broken={() => fail(after)}
          loaded={dropPlaceholder}
        />
      )}
      {isBroken || !wanted ? null : (
        <Picture
          key={source}
          address={source}
          className={before ? '' : 'cell-away'}
          broken={() => fail(source)}
          loaded={() => setThere(source)}
        />
      )}
    </span>
  )
}
