import { everything, redoNames, stateNames, verdictNames, type Filter } from './filter.ts'
import { readLine } from './row-line.ts'

export const modes = ['slider', 'side', 'before', 'after', 'blink'] as const
export type Mode = (typeof modes)[number]
/** The mode of that name; the usual one where there is none. */
export const modeOf = (name: string | null): Mode => modes.find((each) => each === name) ?? defaultView.mode

/** What the address of a gallery says. `row`: the one that the viewer shows, or that is active in the grid. */
export type GalleryView = {
  filter: Filter
  row: number | undefined
  /** The viewer is open on `row`. */
  open: boolean
  mode: Mode
  /** The image of its edit, counted from 0; absent: the one that was approved, else the first. */
  image: number | undefined
  /** The how manieth take of the row; absent: the redo that is meant, else the row's newest edit. */
  take: number | undefined
  /** The take that stands in place of the source; absent: the source. */
  against: number | undefined
  /** Which of several sources is before, counted from 0; absent: the first. Rows that have fewer show their first. */
  source: number | undefined
  /** What a redo of the row would be asked with is open. */
  redo: boolean
  /** The row that the address came with: it is shown, whether it matches the filter or not. It is not written. */
  named: number | undefined
}

export const defaultView: GalleryView = {
  filter: everything,
  row: undefined,
  open: false,
  mode: 'slider',
  image: undefined,
  take: undefined,
  against: undefined,
  source: undefined,
  redo: false,
  named: undefined,
}

const mostCodes = 20
/** As long as the producer takes a line. */
const mostText = 500

/** The view of an address. What it says wrongly, or too much of, is as if it was not said. */
export function readView(search: string): GalleryView {
  const query = new URLSearchParams(search)
  const row = numberIn(query.get('row'), 1, 1_000_000)
  const open = query.get('view') === 'open' && row !== undefined
  return {
    filter: {
      states: listed(query.get('state'), stateNames),
      verdicts: listed(query.get('verdict'), verdictNames),
      codes: [...new Set(query.getAll('code'))].filter((code) => code !== '').slice(0, mostCodes),
      redos: listed(query.get('redone'), redoNames),
      text: textIn(query.get('q')),
    },
    row,
    open,
    mode: modeOf(query.get('mode')),
    image: placeIn(query.get('image')),
    take: numberIn(query.get('take'), 1, 1_000),
    against: numberIn(query.get('against'), 1, 1_000),
    source: placeIn(query.get('source')),
    redo: open && query.get('redo') === 'open',
    named: row,
  }
}

/** The address of a view, without what is as always: `?state=succeeded&row=4711`, or nothing. */
export function viewText(view: GalleryView): string {
  const query = new URLSearchParams()
  if (view.filter.states.length > 0) query.set('state', view.filter.states.join(','))
  if (view.filter.verdicts.length > 0) query.set('verdict', view.filter.verdicts.join(','))
  for (const code of view.filter.codes) query.append('code', code)
  if (view.filter.redos.length > 0) query.set('redone', view.filter.redos.join(','))
  if (view.filter.text !== '') query.set('q', view.filter.text)
  if (view.row !== undefined) query.set('row', String(view.row))
  if (view.open && view.row !== undefined) query.set('view', 'open')
  if (view.mode !== defaultView.mode) query.set('mode', view.mode)
  if (view.open && view.image !== undefined) query.set('image', String(view.image + 1))
  if (view.open && view.take !== undefined) query.set('take', String(view.take))
  if (view.open && view.against !== undefined) query.set('against', String(view.against))
  if (view.open && view.source !== undefined) query.set('source', String(view.source + 1))
  if (view.open && view.redo) query.set('redo', 'open')
  // a comma is not special in a query
  const text = query.toString().replaceAll('%2C', ',')
  return text === '' ? '' : `?${text}`
}

const listed = <Name extends string>(text: string | null, names: readonly Name[]): readonly Name[] => {
  const said = (text ?? '').split(',')
  return names.filter((name) => said.includes(name))
}

/** A line that cannot be read, or asks for what the filter has itself, counts as none. */
function textIn(line: string | null): string {
  const read = readLine((line ?? '').slice(0, mostText), [])
  return read.kind === 'filter' ? read.filter.text : ''
}

function numberIn(text: string | null, least: number, most: number): number | undefined {
  if (text === null || !/^\d{1,7}$/.test(text)) return undefined
  const number = Number(text)
  return number >= least && number <= most ? number : undefined
}

/** A number from 1 on as a place from 0 on. */
function placeIn(text: string | null): number | undefined {
  const number = numberIn(text, 1, 99)
  return number === undefined ? undefined : number - 1
}
