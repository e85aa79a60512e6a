/** Something that should not have happened, with a stable `code` and the facts; expected outcomes are values instead. */
export class RestyleError extends Error {
  override readonly name = 'RestyleError'
  readonly code: string
  readonly facts: Readonly<Record<string, unknown>>

  constructor(code: string, message: string, facts: Record<string, unknown> = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.facts = facts
  }
}
