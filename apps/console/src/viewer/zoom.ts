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

/** Scales by `factor` so that what is under the pointer stays there. */
export function zoomAt(zoom: Zoom, factor: number, pointer: Point, box: Size, full: number): Zoom {
  const scale = Math.min(Math.max(1, zoom.scale * factor), Math.max(1, full * mostTimes))
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

/** The picture never leaves its box. */
const inside = ({ scale, x, y }: Zoom, box: Size): Zoom => ({
  scale,
  x: Math.min(0, Math.max(box.width * (1 - scale), x)),
  y: Math.min(0, Math.max(box.height * (1 - scale), y)),
})

/** Whether two pictures have the same shape, so that they lie over each other. */
export const sameShape = (a: Size, b: Size): boolean =>
  Math.abs(a.width / a.height - b.width / b.height) < 0.01 * (a.width / a.height)
