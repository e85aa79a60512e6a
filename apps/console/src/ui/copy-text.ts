/** Copies; over plain http without `navigator.clipboard` by a field that is gone at once. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const field = document.createElement('textarea')
    field.value = text
    field.className = 'unseen'
    const host = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document.body
    host.append(field)
    const { activeElement } = document
    field.select()
    const done = document.execCommand('copy')
    field.remove()
    if (activeElement instanceof HTMLElement) activeElement.focus({ preventScroll: true })
    return done
  }
}
