import { mix, type Paint } from './paint.ts'
import type { Product } from './products.ts'

/** A product before a seamless paper background, softly lit from the upper left, as an SVG of the given size in pixels. */
export function photograph(
  product: Product,
  paint: Paint,
  { width, height, paper }: { width: number; height: number; paper: string },
): string {
  const [left, top, right, bottom] = product.box
  const scale = Math.min((0.68 * width) / (right - left), (0.66 * height) / (bottom - top))
  const x = width / 2 - ((left + right) / 2) * scale
  // what stands is a little below the middle, what lies is in it
  const y = height * (product.flat ? 0.5 : 0.53) - ((top + bottom) / 2) * scale
  const horizon = product.flat ? height : y + 800 * scale - height * 0.11
  const place = `translate(${x} ${y}) scale(${scale})`
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <defs>${[...painted(paint), ...unpainted].join('')}
      <linearGradient id="wall" x2="0" y2="1"><stop stop-color="${mix(paper, '#ffffff', 0.22)}"/><stop offset=".55" stop-color="${paper}"/><stop offset="1" stop-color="${mix(paper, '#2b2430', 0.14)}"/></linearGradient>
      <linearGradient id="floor" x2="0" y2="1"><stop stop-color="${mix(paper, '#2b2430', 0.14)}"/><stop offset=".16" stop-color="${mix(paper, '#2b2430', 0.03)}"/><stop offset=".5" stop-color="${mix(paper, '#ffffff', 0.2)}"/><stop offset="1" stop-color="${mix(paper, '#ffffff', 0.3)}"/></linearGradient>
      <radialGradient id="key" cx=".32" cy=".26" r=".9">${eased('#ffffff', 0.55)}</radialGradient>
      <radialGradient id="edge" r=".85">${eased('#2b2430', 0.24, true)}</radialGradient>
    </defs>
    <rect width="100%" height="100%" fill="url(#wall)"/>
    <rect y="${horizon}" width="100%" height="${height - horizon}" fill="url(#floor)"/>
    <rect width="100%" height="100%" fill="url(#key)"/>
    <g transform="${place}">${product.flat ? lying(product.draw(paint)) : standing(product.shadow)}${product.draw(paint)}</g>
    <rect width="100%" height="100%" fill="url(#edge)"/>
  </svg>`
}

/** A wide soft shadow away from the light and a narrow dark one where the product touches the floor. */
function standing(half: number): string {
  return `<ellipse cx="545" cy="806" rx="${half * 1.25}" ry="${26 + half / 12}" fill="#241c26" opacity=".34" filter="url(#far)"/>
    <ellipse cx="504" cy="800" rx="${half * 0.95}" ry="14" fill="#241c26" opacity=".55" filter="url(#near)"/>`
}

/** The product's own outline, blackened and moved away from the light. */
function lying(drawing: string): string {
  return `<g transform="translate(26 34)" filter="url(#cast)" opacity=".42">${drawing}</g>`
}

type Stop = [offset: number, colour: string, opacity?: number]

/** Gradients in the product's own colours, by the names that products fill with. */
const painted = ({ base, light, dark, deep }: Paint): string[] => [
  linear('round', 'right', [
    [0, dark],
    [0.16, base],
    [0.32, mix(base, light, 0.75)],
    [0.55, base],
    [0.86, dark],
    [1, mix(dark, base, 0.3)],
  ]),
  linear('drop', 'down', [
    [0, mix(base, light, 0.5)],
    [0.5, base],
    [1, mix(base, dark, 0.7)],
  ]),
  linear('cloth', 'right', [
    [0, '#ffffff', 0.16],
    [0.5, '#ffffff', 0],
    [1, deep, 0.32],
  ]),
  linear('fall', 'down', [
    [0, '#ffffff', 0.12],
    [0.6, deep, 0],
    [1, deep, 0.4],
  ]),
  linear('rim', 'right', [
    [0, base],
    [0.3, light],
    [1, dark],
  ]),
  radial('ball', 'cx=".36" cy=".3" r=".8"', [
    [0, light],
    [0.4, base],
    [1, deep],
  ]),
  radial('dial', 'cx=".4" cy=".35" r=".75"', [
    [0, base],
    [1, deep],
  ]),
]

/** What looks the same on every product: light, metals, shadows. */
const unpainted: readonly string[] = [
  linear('lit', 'down', [
    [0, '#fff1c4', 0],
    [1, '#fff1c4', 0.62],
  ]),
  linear('metal', 'right', [
    [0, '#878d95'],
    [0.25, '#e9ecef'],
    [0.5, '#b4b9bf'],
    [0.75, '#dfe2e5'],
    [1, '#747a82'],
  ]),
  // strokes that are straight have no box for a gradient: this one has its own
  '<linearGradient id="steel" gradientUnits="userSpaceOnUse" x1="230" x2="770"><stop stop-color="#c9ced3"/><stop offset="1" stop-color="#8b9199"/></linearGradient>',
  linear('brass', 'right', [
    [0, '#8d6a2f'],
    [0.35, '#f0d293'],
    [0.65, '#c79b4d'],
    [1, '#7c5c27'],
  ]),
  radial('glow', '', [
    [0, '#ffe9a8', 0.75],
    [0.55, '#ffe2a0', 0.22],
    [1, '#ffe2a0', 0],
  ]),
  blur('soft', 6),
  blur('near', 9),
  blur('far', 26),
  '<filter id="cast" x="-20%" y="-20%" width="140%" height="140%"><feColorMatrix values="0 0 0 0 .14 0 0 0 0 .11 0 0 0 0 .15 0 0 0 1 0"/><feGaussianBlur stdDeviation="20"/></filter>',
]

function linear(id: string, towards: 'right' | 'down', stops: Stop[]): string {
  const way = towards === 'down' ? 'x2="0" y2="1"' : ''
  return `<linearGradient id="${id}" ${way}>${stops.map(stop).join('')}</linearGradient>`
}

function radial(id: string, at: string, stops: Stop[]): string {
  return `<radialGradient id="${id}" ${at}>${stops.map(stop).join('')}</radialGradient>`
}

function blur(id: string, deviation: number): string {
  return `<filter id="${id}" x="-60%" y="-200%" width="220%" height="500%"><feGaussianBlur stdDeviation="${deviation}"/></filter>`
}

function stop([offset, colour, opacity = 1]: Stop): string {
  return `<stop offset="${offset}" stop-color="${colour}" stop-opacity="${opacity}"/>`
}

/** A light that falls off smoothly (`inward`: a shade that grows to the rim), without the ring a straight ramp leaves. */
function eased(colour: string, strength: number, inward = false): string {
  const steps = Array.from({ length: 9 }, (_, step) => step / 8)
  return steps
    .map((at) => stop([at, colour, strength * (inward ? at ** 4 : (1 - at) ** 2 * (1 + 2 * at))]))
    .join('')
}
