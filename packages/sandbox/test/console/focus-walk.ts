import type { Page } from 'playwright-core'
import { lookAt } from './open-console.ts'

/** What can be pressed, and is to be so large (px) unless it stands in a line of text. */
const targets = 'a[href], button, input, select, textarea, summary, [role=slider], [role=grid]'
const leastTarget = 24

/**
 * Looks in the page at what has the focus whenever Tab is pressed there, and keeps what is wrong with it: nothing of it is seen, or it
 * is too small to be pressed. `walk.last` does so for the last one. What cannot be reached is told too.
 */
const watchWalk = `(() => {
  const walked = new Map()
  const nameOf = (element) => element.localName + ' ' + JSON.stringify((element.getAttribute('aria-label') ?? element.textContent ?? '').trim().slice(0, 40))
  // a press on its label is one on the box
  const targetOf = (element) => (/^(radio|checkbox)$/.test(element.type) && element.labels?.[0]) || element
  const isSeen = (target) => [...target.getClientRects()].some(({ left, top, right, bottom }) => {
    const [x1, y1, x2, y2] = [Math.max(left, 0) + 1, Math.max(top, 0) + 1, Math.min(right, innerWidth) - 1, Math.min(bottom, innerHeight) - 1]
    if (x1 > x2 || y1 > y2) return false
    const places = [[x1, y1], [x2, y1], [x1, y2], [x2, y2], [(x1 + x2) / 2, (y1 + y2) / 2]]
    return places.some(([x, y]) => target.contains(document.elementFromPoint(x, y)))
  })
  const isSmall = (target) => {
    if (!target.matches(${JSON.stringify(`label, ${targets}`)}) || getComputedStyle(target).display === 'inline') return false
    const { width, height } = target.getBoundingClientRect()
    return Math.min(width, height) < ${leastTarget} - 0.1
  }
  const look = () => {
    const element = document.activeElement
    if (element === null || element === document.body || walked.has(element)) return
    const target = targetOf(element)
    const { width, height } = target.getBoundingClientRect()
    walked.set(element, [
      ...(isSeen(target) ? [] : [nameOf(element) + ' has the focus and is not seen']),
      ...(isSmall(target) ? [nameOf(element) + ' is ' + width + ' by ' + height] : []),
    ])
  }
  const isReachable = (element) =>
    element.tabIndex >= 0 && !element.disabled && element.closest('[inert]') === null && (element.type !== 'radio' || element.checked) &&
    element.checkVisibility({ visibilityProperty: true })
  const inside = document.querySelector('dialog[open]') ?? document
  const reachable = [...inside.querySelectorAll(${JSON.stringify(`${targets}, [tabindex="0"]`)})].filter(isReachable)
  addEventListener('keydown', ({ key }) => { if (key === 'Tab') look() }, { capture: true, signal: (globalThis.walkEnds = new AbortController()).signal })
  reachable[0]?.focus()
  globalThis.walkFaults = () => {
    look()
    globalThis.walkEnds.abort()
    return [...[...walked.values()].flat(), ...reachable.filter((each) => !walked.has(each)).map((each) => nameOf(each) + ' is not reached')]
  }
  return reachable.length
})()`

/**
 * Walks through a page, or through the dialog that is open, as who has no mouse does: by Tab, or `back` by Shift and Tab. Gives what
 * is wrong with what had the focus.
 */
export async function walkThrough(page: Page, back: boolean): Promise<string[]> {
  const devtools = await page.context().newCDPSession(page)
  const reachable = (await page.evaluate(watchWalk)) as number
  const key = { key: 'Tab', code: 'Tab', windowsVirtualKeyCode: 9, modifiers: back ? 8 : 0 }
  const sent: Promise<unknown>[] = []
  // once around, over boxes that scroll too; nobody waits for an answer before the next one
  for (let press = 0; press < reachable + 10; press += 1)
    for (const type of ['rawKeyDown', 'keyUp'] as const)
      sent.push(devtools.send('Input.dispatchKeyEvent', { type, ...key }))
  await Promise.all(sent)
  await devtools.detach()
  return (await page.evaluate('globalThis.walkFaults()')) as string[]
}

/** What is wrong where the focus is, in a small window and in a usual one, on the way forth and back. */
export async function faultsOfWalk(page: Page): Promise<string[]> {
  const all: string[] = []
  for (const viewport of [
    { width: 320, height: 480 },
    { width: 1280, height: 720 },
  ])
    for (const back of [false, true]) {
      await lookAt(page, { viewport })
      for (const fault of await walkThrough(page, back))
        all.push(`${viewport.width} px${back ? ', back' : ''}: ${fault}`)
    }
  await lookAt(page, {})
  return all
}
