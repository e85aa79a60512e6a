import sharp from 'sharp'

/** A picture without its colours: values from 0 (black) to 255, line by line. */
export type Grey = { width: number; height: number; values: Uint8Array }
type Box = { x: number; y: number; width: number; height: number }

/** A picture as who sees no colours sees it. */
export async function greyOf(picture: Buffer): Promise<Grey> {
  const { data, info } = await sharp(picture).greyscale().raw().toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, values: data }
}

/** A part of a picture. `scale`: pixels of the picture for each one of the box. */
export function partOf(grey: Grey, box: Box, scale: number): Grey {
  const [left, top, width, height] = [box.x, box.y, box.width, box.height].map((px) => Math.round(px * scale))
  if (left === undefined || top === undefined || width === undefined || height === undefined)
    throw new Error('a box has four numbers')
  if (left < 0 || top < 0 || left + width > grey.width || top + height > grey.height)
    throw new Error(`${JSON.stringify(box)} is not in the picture`)
  const values = new Uint8Array(width * height)
  for (let y = 0; y < height; y += 1) {
    const from = (top + y) * grey.width + left
    values.set(grey.values.subarray(from, from + width), y * width)
  }
  return { width, height, values }
}

/** What is seen of something that is drawn upon a ground: less is taken for one colour. */
const leastContrast = 20
/** A shape that stands so many pixels elsewhere is the same one. */
const mostShift = 2

/** The middle grey, which is that of the ground where little is drawn upon it. */
export const groundOf = ({ values }: Grey): number => values.toSorted()[Math.floor(values.length / 2)] ?? 0

/** 1 where something is drawn: what differs from the ground by more than half of what differs most. */
function inkOf(grey: Grey): Uint8Array {
  const ground = groundOf(grey)
  const most = grey.values.reduce((found, each) => Math.max(found, Math.abs(each - ground)), 0)
  const least = most < leastContrast ? Infinity : most / 2
  return Uint8Array.from(grey.values, (each) => (Math.abs(each - ground) > least ? 1 : 0))
}

/** Whether nothing is drawn there. */
export const isPlain = (grey: Grey): boolean => !inkOf(grey).includes(1)

/**
 * How different two shapes of one size are, whatever their colours: 0 where the one covers the other, 1 where they have no pixel in
 * common, or one of them is none.
 */
export function apart(a: Grey, b: Grey): number {
  const [one, other] = [inkOf(a), inkOf(b)]
  let least = 1
  for (let dy = -mostShift; dy <= mostShift; dy += 1)
    for (let dx = -mostShift; dx <= mostShift; dx += 1)
      least = Math.min(least, apartAt(one, other, a, dx, dy))
  return least
}

function apartAt(
  one: Uint8Array,
  other: Uint8Array,
  { width, height }: Grey,
  dx: number,
  dy: number,
): number {
  let [both, any] = [0, 0]
  for (let y = mostShift; y < height - mostShift; y += 1)
    for (let x = mostShift; x < width - mostShift; x += 1) {
      const [mine, theirs] = [one[y * width + x] ?? 0, other[(y + dy) * width + x + dx] ?? 0]
      both += mine & theirs
      any += mine | theirs
    }
  return any === 0 ? 0 : 1 - both / any
}
