import fc from 'fast-check'
import { defaultView, modes, readView, viewText, type GalleryView } from './address.ts'
import { redoNames, stateNames, verdictNames } from './filter.ts'

const some = <Name extends string>(names: readonly Name[]) => fc.subarray([...names])
const views: fc.Arbitrary<GalleryView> = fc
  .record({
    filter: fc.record({
      states: some(stateNames),
      verdicts: some(verdictNames),
      codes: fc.uniqueArray(fc.string({ minLength: 1, unit: 'grapheme' }), { maxLength: 3 }),
      redos: some(redoNames),
      text: fc.constantFrom('', 'LAMP', 'key:LAMP* prompt:"oak table"', 'prompt:a%26b&c=d'),
    }),
    row: fc.option(fc.integer({ min: 1, max: 1_000_000 }), { nil: undefined }),
    open: fc.boolean(),
    mode: fc.constantFrom(...modes),
    image: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
    take: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
    against: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
    source: fc.option(fc.integer({ min: 0, max: 8 }), { nil: undefined }),
    redo: fc.boolean(),
  })
  .map((view) => {
    const open = view.open && view.row !== undefined
    const closed = {
      open,
      image: undefined,
      take: undefined,
      against: undefined,
      source: undefined,
      redo: false,
    }
    return { ...view, named: view.row, ...(open ? { open } : closed) }
  })

it('reads what it wrote', () => {
  fc.assert(fc.property(views, (view) => expect(readView(viewText(view))).toEqual(view)))
})

it('takes of a line what the producer looks for', () => {
  expect(readView('?q=state:failed+key:A').filter).toMatchObject({ states: [], text: 'key:A' })
  expect(readView(`?q=${'a'.repeat(900)}`).filter.text).toHaveLength(500)
})

it('leaves out what is as always', () => {
  expect(viewText(defaultView)).toBe('')
  expect(
    viewText({ ...defaultView, row: 4711, filter: { ...defaultView.filter, states: ['succeeded'] } }),
  ).toBe('?state=succeeded&row=4711')
})

it('takes what is wrong as not said', () => {
  const wrong =
    '?state=nonsense&verdict=,,&row=-4&mode=dance&image=1e9&take=NaN&against=0&redo=yes&view=open&code=&redone=often&q=prompt:%22oak'
  expect(readView(wrong)).toEqual(defaultView)
  fc.assert(fc.property(fc.string(), (text) => expect(() => readView(text)).not.toThrow()))
})
