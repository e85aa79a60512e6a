/** How a picture lies in its box: a point of the fitted picture at p is shown at p × scale + (x, y). Scale 1 fits. */
export type Zoom = { scale: number; x: number; y: number }
/** In CSS pixels. */
export type Size = { width: number; height: number }
export type Point = { x: number; y: number }

export const fitted: Zoom = { scale: 1, x: 0, y: 0 }

/** Sixteen times its own pixels shows single pixels. */
const mostTimes = 16

/** Where a picture fits into a box, without being enlarged beyond the box. */
export function fit(picture: Size, box: Size): Size & Point {
  const scale = Math.min(box.width / picture.width, box.height / picture.height)
  const [width, height] = [picture.width * scale, picture.height * scale]
  return { width, height, x: (box.width - width) / 2, y: (box.height - height) / 2 }
}

/** The scale at which a pixel of the picture is one of the screen; `ratio`: device pixels per CSS pixel. */
export const fullScale = (picture: Size, box: Size, ratio: number): number =>
  picture.width / ratio / fit(picture, box).width

/** Scales by `factor` so that what is under the pointer stays there. A picture that is smaller than its box shrinks to its own pixels. */
export function zoomAt(zoom: Zoom, factor: number, pointer: Point, box: Size, full: number): Zoom {
  const scale = Math.min(Math.max(Math.min(1, full), zoom.scale * factor), Math.max(1, full * mostTimes))
  const grown = scale / zoom.scale
  return inside(
    {
      scale,
      x: pointer.x - (pointer.x - zoom.x) * grown,
      y: pointer.y - (pointer.y - zoom.y) * grown,
    },
    box,
  )
}

export const panBy = (zoom: Zoom, by: Point, box: Size): Zoom =>
  inside({ ...zoom, x: zoom.x + by.x, y: zoom.y + by.y }, box)

/** The picture never leaves its box; what is smaller than fitted stands in the middle. */
const inside = ({ scale, x, y }: Zoom, box: Size): Zoom => ({
  scale,
  x: insideOf(box.width * (1 - scale), x),
  y: insideOf(box.height * (1 - scale), y),
})
const insideOf = (spare: number, at: number): number =>
  spare > 0 ? spare / 2 : Math.min(0, Math.max(spare, at))

/** How large the picture is shown, in per cent of its own pixels, of which one is one of the screen at 100 %. `full`: as of `fullScale`. */
export function zoomWords(scale: number, full: number | undefined): string {
  if (full === undefined) return scale === 1 ? 'Fit' : `Fit × ${scale.toFixed(1)}`
  const percent = `${Math.round((scale / full) * 100)} %`
  return scale === 1 ? `Fit (${percent})` : percent
}

/**
 * From where to where in their box, in CSS pixels from its left, pictures of these shapes are seen. Without a shape it is the whole
 * box, and so it is where they lie outside of it.
 */
export function seenSpan(
  shapes: readonly Size[],
  box: Size,
  { scale, x }: Zoom,
): { left: number; right: number } {
  const fits = shapes.map((shape) => fit(shape, box))
  const within = (at: number) => Math.min(box.width, Math.max(0, at * scale + x))
  const left = within(Math.min(box.width, ...fits.map((each) => each.x)))
  const right = within(Math.max(0, ...fits.map((each) => each.x + each.width)))
  return right > left ? { left, right } : { left: 0, right: box.width }
}

/** Whether two pictures have the same shape, so that they lie over each other. */
export const sameShape = (a: Size, b: Size): boolean =>
  Math.abs(a.width / a.height - b.width / b.height) < 0.01 * (a.width / a.height)
