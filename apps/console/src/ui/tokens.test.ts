import { globSync, readFileSync } from 'node:fs'

const src = new URL('../', import.meta.url).pathname
const css = globSync('**/*.css', { cwd: src }).map((file) => readFileSync(src + file, 'utf8'))

/** The colours of tokens.css: each name in light and in dark. */
const tokens = new Map(
  [...css.join('\n').matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(
    ([, name = '', light = '', dark = '']) => [name, { light, dark }] as const,
  ),
)

/** What is read, and what it may stand on: each on each. */
const texts = ['text', 'muted', 'accent', 'good', 'warn', 'bad']
const grounds = ['ground', 'surface', 'sunken', 'hover', 'bad-ground']
/** Edges of what can be used, rings of focus, and parts of bars and of the map, on what is beside them. */
const shapes = ['edge', 'accent', 'good', 'warn', 'bad']
const states = ['stored', 'rendered', 'running', 'doubt', 'failed']

/** Relative luminance as WCAG 2.2 defines it. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

/** The pairs whose contrast is too low, with what it is. */
function tooLow(fronts: readonly string[], backs: readonly string[], least: number): string[] {
  return (['light', 'dark'] as const).flatMap((scheme) =>
    fronts.flatMap((front) =>
      backs.flatMap((back) => {
        const [one, other] = [tokens.get(front)?.[scheme], tokens.get(back)?.[scheme]]
        const ratio = one === undefined || other === undefined ? 0 : contrast(one, other)
        return ratio >= least ? [] : [`${front} on ${back} in ${scheme}: ${ratio.toFixed(2)}`]
      }),
    ),
  )
}

it('has the contrast of black and white, and of what is the same', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21)
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2)
  expect(contrast('#123456', '#123456')).toBe(1)
})

it('gives every text at least 4.5 to 1 on whatever it may stand on', () => {
  expect(tooLow(texts, grounds, 4.5)).toEqual([])
  expect(tooLow(['on-accent'], ['accent'], 4.5)).toEqual([])
  expect(tooLow(['text', 'accent'], ['marked'], 4.5)).toEqual([])
})

it('gives edges, rings and states at least 3 to 1', () => {
  expect(tooLow(shapes, grounds, 3)).toEqual([])
  expect(tooLow(states, ['surface', 'sunken'], 3)).toEqual([])
})

it('knows every colour that text and grounds have', () => {
  const used = (property: string): string[] => {
    const named = new RegExp(`[{;\\s]${property}:[^;]*?var\\(--([\\w-]+)`, 'g')
    return [...new Set(css.flatMap((text) => [...text.matchAll(named)].map(([, name = '']) => name)))]
  }
  expect(used('color').filter((name) => !texts.includes(name))).toEqual(['on-accent'])
  // filled shapes, on which nothing is read but what stands on the accent
  expect(new Set(used('background'))).toEqual(new Set([...grounds, 'accent', 'good', 'marked', 'text']))
})
