import { api } from '../app/api.ts'
import { count } from '../app/format.ts'
import { placeOf, redoAt, stateAt, verdictAt } from '../rows/filter.ts'
import type { Shared } from '../rows/shared.ts'
import { dropPlaceholder, Picture, placeholderOf } from '../rows/picture.tsx'
import { pictureOf, saidOf } from '../rows/said.ts'
import { markOf, standsAs } from '../rows/words.ts'
import { rowsBeside } from './ahead.ts'

/** The neighbours of the row, small. */
export function Strip({
  list,
  map,
  rows,
  active,
  beside,
  go,
}: Shared & { beside: number; go: (place: number) => void }) {
  return (
    <nav className="strip" aria-label="Neighbours">
      <button type="button" aria-label="Previous" disabled={active === 0} onClick={() => go(active - 1)}>
        ◄
      </button>
      {rowsBeside(list.rows, active, beside).map((row) => {
        const { at } = placeOf(list.rows, row)
        const [state, verdict, made] = [stateAt(map, row), verdictAt(map, row), redoAt(map, row)]
        const edit = rows.get(row)
        const said = saidOf(verdict, edit?.verdict)
        const image = edit === undefined ? undefined : pictureOf(edit, said)
        const placeholder = placeholderOf(image?.hash)
        return (
          <button
            key={row}
            type="button"
            className="strip-cell"
            aria-current={at === active ? 'true' : undefined}
            aria-label={`Row ${count(row)}, ${standsAs(state, verdict, made)}`}
            onClick={() => go(at)}
          >
            <span
              className="cell-box"
              style={placeholder === undefined ? undefined : { backgroundImage: `url(${placeholder})` }}
            >
              {image === undefined || state !== 'succeeded' ? null : (
                <Picture
                  key={image.edit}
                  address={api.images.picturePath(image.edit, image.index, '320')}
                  loaded={dropPlaceholder}
                />
              )}
              <span className="strip-mark" aria-hidden="true">
                {markOf(state, verdict, { redo: said.redo !== undefined, made })}
              </span>
            </span>
          </button>
        )
      })}
      <button
        type="button"
        aria-label="Next"
        disabled={active >= list.rows.length - 1}
        onClick={() => go(active + 1)}
      >
        ►
      </button>
    </nav>
  )
}
