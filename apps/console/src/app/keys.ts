/** Where a key works: everywhere, or while the grid, the viewer or a list is in use. */
export type Where = 'everywhere' | 'lists' | 'edit' | 'gallery and viewer' | 'gallery' | 'viewer'

/**
 * One row of the table of keys. `keys`: as `keyOf` names them, alternatives side by side; two keys after one another stand with a
 * space between them (`g b`). `repeats`: a held key counts again and again. `holds`: works while it is held.
 */
export type KeyRow = {
  action: string
  keys: readonly string[]
  does: string
  where: Where
  repeats?: true
  holds?: true
}

/** Every key of the console: the dialog `?`, the tooltips and docs/console.md are made of it. */
export const keyTable = [
  { action: 'search', keys: ['/'], does: 'search', where: 'everywhere' },
  { action: 'show-keys', keys: ['?'], does: 'show these keys', where: 'everywhere' },
  { action: 'pause-live', keys: ['l'], does: 'pause live updates, or go on with them', where: 'everywhere' },
  { action: 'copy-link', keys: ['y'], does: 'copy the address of this view', where: 'everywhere' },
  { action: 'leave', keys: ['Escape'], does: 'close, clear the selection, leave', where: 'everywhere' },
  { action: 'go-batches', keys: ['g b'], does: 'go to the batches', where: 'everywhere' },
  { action: 'go-failures', keys: ['g f'], does: 'go to the failures', where: 'everywhere' },
  { action: 'go-lanes', keys: ['g l'], does: 'go to the lanes', where: 'everywhere' },
  { action: 'go-spend', keys: ['g s'], does: 'go to what was spent', where: 'everywhere' },
  { action: 'go-uncertain', keys: ['g u'], does: 'go to the uncertain edits', where: 'everywhere' },
  { action: 'go-schedules', keys: ['g c'], does: 'go to the schedules', where: 'everywhere' },
  { action: 'go-webhooks', keys: ['g w'], does: 'go to the webhooks', where: 'everywhere' },
  { action: 'go-settings', keys: ['g ,'], does: 'go to the settings', where: 'everywhere' },
  { action: 'list-down', keys: ['j'], does: 'next row', where: 'lists', repeats: true },
  { action: 'list-up', keys: ['k'], does: 'previous row', where: 'lists', repeats: true },
  { action: 'list-open', keys: ['Enter'], does: 'open the row', where: 'lists' },
  { action: 'list-review', keys: ['r'], does: 'look at its pictures', where: 'lists' },
  { action: 'list-pause', keys: ['p'], does: 'pause or resume the batch', where: 'lists' },
  { action: 'list-cancel', keys: ['c'], does: 'cancel the batch (asks first)', where: 'lists' },
  { action: 'show-raw', keys: ['v'], does: 'show the edit as the API tells it', where: 'edit' },
  {
    action: 'move-left',
    keys: ['ArrowLeft'],
    does: 'previous picture',
    where: 'gallery and viewer',
    repeats: true,
  },
  {
    action: 'move-right',
    keys: ['ArrowRight'],
    does: 'next picture',
    where: 'gallery and viewer',
    repeats: true,
  },
  {
    action: 'move-up',
    keys: ['ArrowUp'],
    does: 'the line above',
    where: 'gallery and viewer',
    repeats: true,
  },
  {
    action: 'move-down',
    keys: ['ArrowDown'],
    does: 'the line below',
    where: 'gallery and viewer',
    repeats: true,
  },
  { action: 'line-start', keys: ['Home'], does: 'start of the line', where: 'gallery and viewer' },
  { action: 'line-end', keys: ['End'], does: 'end of the line', where: 'gallery and viewer' },
  { action: 'page-up', keys: ['PageUp'], does: 'a screen back', where: 'gallery and viewer', repeats: true },
  {
    action: 'page-down',
    keys: ['PageDown'],
    does: 'a screen on',
    where: 'gallery and viewer',
    repeats: true,
  },
  { action: 'move-start', keys: ['Ctrl+Home'], does: 'first row', where: 'gallery and viewer' },
  { action: 'move-end', keys: ['Ctrl+End'], does: 'last row', where: 'gallery and viewer' },
  {
    action: 'approve',
    keys: ['a'],
    does: 'approve, and go to the next undecided one',
    where: 'gallery and viewer',
  },
  { action: 'approve-stay', keys: ['Shift+a'], does: 'approve, and stay', where: 'gallery and viewer' },
  {
    action: 'reject',
    keys: ['x'],
    does: 'reject, and go to the next undecided one',
    where: 'gallery and viewer',
  },
  { action: 'reject-stay', keys: ['Shift+x'], does: 'reject, and stay', where: 'gallery and viewer' },
  {
    action: 'redo',
    keys: ['e'],
    does: 'redo it: says the price first, or only marks it',
    where: 'gallery and viewer',
  },
  { action: 'clear-verdict', keys: ['u'], does: 'clear the verdict', where: 'gallery and viewer' },
  {
    action: 'undo',
    keys: ['z', 'Ctrl+z'],
    does: 'take the last verdict back, also of many',
    where: 'gallery and viewer',
  },
  {
    action: 'peek',
    keys: ['Space'],
    does: 'show before while it is held',
    where: 'gallery and viewer',
    holds: true,
  },
  { action: 'open-row', keys: ['Enter'], does: 'open the row in the viewer', where: 'gallery' },
  { action: 'select-row', keys: ['v'], does: 'select the row, or not', where: 'gallery' },
  { action: 'select-all', keys: ['Ctrl+a'], does: 'select all that match', where: 'gallery' },
  {
    action: 'extend-left',
    keys: ['Shift+ArrowLeft'],
    does: 'select to the left',
    where: 'gallery',
    repeats: true,
  },
  {
    action: 'extend-right',
    keys: ['Shift+ArrowRight'],
    does: 'select to the right',
    where: 'gallery',
    repeats: true,
  },
  { action: 'extend-up', keys: ['Shift+ArrowUp'], does: 'select upwards', where: 'gallery', repeats: true },
  {
    action: 'extend-down',
    keys: ['Shift+ArrowDown'],
    does: 'select downwards',
    where: 'gallery',
    repeats: true,
  },
  { action: 'show-new', keys: ['.'], does: 'show the new rows', where: 'gallery' },
  {
    action: 'note',
    keys: ['c'],
    does: 'say why; what is not decided is rejected with it',
    where: 'viewer',
  },
  { action: 'image-1', keys: ['1'], does: 'first image of the edit', where: 'viewer' },
  { action: 'image-2', keys: ['2'], does: 'second image', where: 'viewer' },
  { action: 'image-3', keys: ['3'], does: 'third image', where: 'viewer' },
  { action: 'image-4', keys: ['4'], does: 'fourth image', where: 'viewer' },
  { action: 'next-take', keys: ['t'], does: 'next take of the row', where: 'viewer' },
  {
    action: 'next-against',
    keys: ['Shift+t'],
    does: 'another take in place of the source',
    where: 'viewer',
  },
  { action: 'next-source', keys: ['Shift+b'], does: 'next source as before', where: 'viewer' },
  { action: 'mode-slider', keys: ['s'], does: 'compare with the slider', where: 'viewer' },
  { action: 'mode-side', keys: ['d'], does: 'compare side by side', where: 'viewer' },
  { action: 'mode-before', keys: ['b'], does: 'before alone', where: 'viewer' },
  { action: 'mode-after', keys: ['n'], does: 'after alone', where: 'viewer' },
  { action: 'mode-blink', keys: ['k'], does: 'before and after in turn', where: 'viewer' },
  { action: 'wide', keys: ['h'], does: 'hide what stands around the viewer, or show it', where: 'viewer' },
  { action: 'zoom-in', keys: ['+', '='], does: 'larger', where: 'viewer', repeats: true },
  { action: 'zoom-out', keys: ['-'], does: 'smaller', where: 'viewer', repeats: true },
  { action: 'zoom-fit', keys: ['0'], does: 'fit into the box', where: 'viewer' },
  { action: 'zoom-full', keys: ['f'], does: 'a pixel of the picture is one of the screen', where: 'viewer' },
  {
    action: 'pan-left',
    keys: ['Shift+ArrowLeft'],
    does: 'move the enlarged picture',
    where: 'viewer',
    repeats: true,
  },
  {
    action: 'pan-right',
    keys: ['Shift+ArrowRight'],
    does: 'move it to the right',
    where: 'viewer',
    repeats: true,
  },
  { action: 'pan-up', keys: ['Shift+ArrowUp'], does: 'move it up', where: 'viewer', repeats: true },
  { action: 'pan-down', keys: ['Shift+ArrowDown'], does: 'move it down', where: 'viewer', repeats: true },
] as const satisfies readonly KeyRow[]

export type Action = (typeof keyTable)[number]['action']

/** What is read of a keyboard event. */
export type KeyFacts = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>

/**
 * The name of a pressed key: `a`, `Shift+a`, `Ctrl+z`, `Shift+ArrowDown`, `Space`, `?`. Undefined for one that is only a
 * modifier, or belongs to the browser (Alt). Letters go by what is written, so that every layout has its own.
 */
export function keyOf({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyFacts): string | undefined {
  if (altKey || ['Control', 'Shift', 'Meta', 'Alt', 'Dead', 'Process', 'Unidentified'].includes(key)) return
  const control = ctrlKey || metaKey ? 'Ctrl+' : ''
  const named = key === ' ' ? 'Space' : key
  const letter = /^\p{L}$/u.test(named)
  // a sign that needs Shift on one layout does not on another
  const shift = shiftKey && (letter || named.length > 1) ? 'Shift+' : ''
  return `${control}${shift}${letter ? named.toLowerCase() : named}`
}

/** What a person has set otherwise. `single`: whether keys without Ctrl count at all (WCAG 2.1.4). */
export type KeyChoices = { single: boolean; remapped: Partial<Record<string, readonly string[]>> }

export const defaultChoices: KeyChoices = { single: true, remapped: {} }

/** The keys of a row, as this person has them. */
export const keysOf = (row: KeyRow, { remapped }: KeyChoices): readonly string[] =>
  remapped[row.action] ?? row.keys

/** Keys that do what every program does with them: switching off single keys leaves them. */
const ordinary = /^(Escape|Enter|Shift\+Arrow.*|Arrow.*|Home|End|Page(Up|Down))$/

/**
 * What a key means after the one before it: actions that it may stand for (the caller takes the first that somebody handles),
 * and whether another key may follow.
 */
export function meaningOf(
  pressed: string,
  before: string | undefined,
  choices: KeyChoices,
): { rows: readonly KeyRow[]; waits: boolean } {
  if (!choices.single && !pressed.startsWith('Ctrl+') && !ordinary.test(pressed))
    return { rows: [], waits: false }
  const typed = before === undefined ? pressed : `${before} ${pressed}`
  const table: readonly KeyRow[] = keyTable
  const rows = table.filter((row) => keysOf(row, choices).includes(typed))
  const waits =
    before === undefined &&
    table.some((row) => keysOf(row, choices).some((key) => key.startsWith(`${pressed} `)))
  return { rows, waits }
}

/** What is read of the element that has the focus. */
export type FocusFacts = { tag: string; type: string; role: string; editable: boolean; inMenu: boolean }

const moves = /^(Shift\+)?(Arrow.*|Home|End|Page(Up|Down))$/
const noText = ['button', 'checkbox', 'radio', 'range', 'submit', 'reset', 'color', 'file', 'image']

/** Whether the focused control needs the key itself. A key with Ctrl is left to a text field only. */
export function wantsKey({ tag, type, role, editable, inMenu }: FocusFacts, pressed: string): boolean {
  if (pressed === 'Escape') return false
  const text = tag === 'textarea' || tag === 'select' || (tag === 'input' && !noText.includes(type))
  if (editable || text || inMenu) return true
  const range = role === 'slider' || type === 'range' || type === 'radio'
  if (range && moves.test(pressed)) return true
  const presses = tag === 'button' || tag === 'summary' || tag === 'a' || tag === 'input' || role === 'button'
  return presses && (pressed === 'Enter' || (pressed === 'Space' && tag !== 'a'))
}

/** How a key is written for a person. */
export const keyName = (key: string): string =>
  key
    .split(' ')
    .map((each) => each.replace(/^Arrow/, '').replace('+Arrow', '+'))
    .join(', then ')
