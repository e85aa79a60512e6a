import { explain } from '@restyle/dashscope/catalogue'
import { failureCodes } from '@restyle/shared/contract/failure-codes'

const own: Readonly<Record<string, { todo: string }>> = failureCodes

/** What a person can do about a failure code; undefined where no table knows the code. */
export function todoOf(code: string, message: string): string | undefined {
  if (Object.hasOwn(own, code)) return own[code]?.todo
  const { match, todo } = explain(code, message)
  return match === 'unknown' ? undefined : todo
}

/** The line for it, if there is one. */
export function todoLines(code: string, message: string): string[] {
  const todo = todoOf(code, message)
  return todo === undefined ? [] : [`  what to do: ${todo}`]
}
