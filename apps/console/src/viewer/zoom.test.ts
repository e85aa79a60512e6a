import fc from 'fast-check'
import { fit, fitted, fullScale, panBy, sameShape, seenSpan, zoomAt, zoomWords } from './zoom.ts'

const box = { width: 800, height: 600 }
const inBox = fc.record({
  x: fc.double({ min: 0, max: 800, noNaN: true }),
  y: fc.double({ min: 0, max: 600, noNaN: true }),
})

it('fits a picture into its box', () => {
  expect(fit({ width: 1600, height: 600 }, box)).toEqual({ width: 800, height: 300, x: 0, y: 150 })
  expect(fit({ width: 60, height: 60 }, box)).toEqual({ width: 600, height: 600, x: 100, y: 0 })
})

it('keeps what is under the pointer where it is, while it grows', () => {
  fc.assert(
    fc.property(inBox, inBox, fc.double({ min: 1, max: 4, noNaN: true }), (first, pointer, factor) => {
      const before = zoomAt(fitted, 2, first, box, 4)
      const after = zoomAt(before, factor, pointer, box, 4)
      const under = (zoom: typeof before) => (pointer.x - zoom.x) / zoom.scale
      expect(under(after)).toBeCloseTo(under(before), 6)
    }),
  )
})

it('never leaves the box, and never shrinks below it', () => {
  fc.assert(
    fc.property(
      inBox,
      fc.double({ min: 0.1, max: 10, noNaN: true }),
      fc.integer({ min: -5000, max: 5000 }),
      (pointer, factor, by) => {
        const zoom = panBy(zoomAt(fitted, factor, pointer, box, 3), { x: by, y: -by }, box)
        expect(zoom.scale).toBeGreaterThanOrEqual(1)
        expect(zoom.x).toBeLessThanOrEqual(0)
        expect(zoom.x + box.width * zoom.scale).toBeGreaterThanOrEqual(box.width - 1e-6)
        expect(zoom.y + box.height * zoom.scale).toBeGreaterThanOrEqual(box.height - 1e-6)
      },
    ),
  )
})

it('fits again where everything is taken back', () => {
  const near = zoomAt(fitted, 4, { x: 100, y: 50 }, box, 3)
  const back = zoomAt(near, 0.25, { x: 700, y: 550 }, box, 3)
  expect(back.scale).toBe(1)
  expect(Math.abs(back.x) + Math.abs(back.y)).toBe(0)
})

it('knows the scale of its own pixels, on a dense screen too', () => {
  expect(fullScale({ width: 1600, height: 1200 }, box, 1)).toBe(2)
  expect(fullScale({ width: 1600, height: 1200 }, box, 2)).toBe(1)
})

it('tells whether two pictures lie over each other', () => {
  expect(sameShape({ width: 1280, height: 1280 }, { width: 640, height: 641 })).toBe(true)
  expect(sameShape({ width: 1280, height: 1280 }, { width: 640, height: 480 })).toBe(false)
})

it('shrinks a picture that is smaller than its box to its own pixels, in the middle', () => {
  const small = zoomAt(fitted, 0.1, { x: 0, y: 0 }, box, 0.5)
  expect(small).toEqual({ scale: 0.5, x: 200, y: 150 })
  expect(panBy(small, { x: 90, y: 90 }, box)).toEqual(small)
})

it('says how large it is by its own pixels', () => {
  expect(zoomWords(1, 3.7)).toBe('Fit (27 %)')
  expect(zoomWords(3.7, 3.7)).toBe('100 %')
  expect(zoomWords(0.5, 0.5)).toBe('100 %')
  expect(zoomWords(1, undefined)).toBe('Fit')
  expect(zoomWords(2, undefined)).toBe('Fit × 2.0')
})

it('knows what is seen of pictures from the left, however they are moved', () => {
  const [tall, wide] = [
    { width: 300, height: 600 },
    { width: 600, height: 600 },
  ]
  expect(seenSpan([tall], box, fitted)).toEqual({ left: 250, right: 550 })
  expect(seenSpan([tall, wide], box, fitted)).toEqual({ left: 100, right: 700 })
  expect(seenSpan([tall], box, { scale: 2, x: -400, y: 0 })).toEqual({ left: 100, right: 700 })
  expect(seenSpan([tall], box, { scale: 4, x: -1_100, y: 0 })).toEqual({ left: 0, right: 800 })
  expect(seenSpan([], box, fitted)).toEqual({ left: 0, right: 800 })
})
